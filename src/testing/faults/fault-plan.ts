import { Random } from "../data/random.js";
import { forEachVendor, type VendorId } from "../vendors.js";
import { type Names, refuseUnknown } from "../known-names.js";
import { canAffect, FAULT_KINDS, SPACED_FAULTS, RETRYABLE_FAULTS, type FaultKind } from "./fault-kinds.js";

/** Random faults. The same seed gives the same faults to the same requests of each vendor. */
export interface FaultOptions {
  /** Default 1. */
  seed?: number;
  /** The share of requests with a fault, from 0 to 1. */
  share: number;
  /** Default: every kind from which a client recovers by a retry, which excludes `bomb`, `broken-json`, `redirect`, `wrong-shape`, `no-token` and `no-data`. */
  kinds?: readonly FaultKind[];
  /** Default: all three. */
  vendors?: readonly VendorId[];
  /** The maximum number of faults; default no limit. */
  max?: number;
}

/** Selects the requests to which an injected fault applies. */
export interface Injection {
  /** Default: any. */
  vendor?: VendorId;
  /** The label of the account; default: any. */
  account?: string;
  /** The vendor's name of the operation, as in `requests`; default: any to which the kind applies. */
  operation?: string;
  /** The number of requests with the fault; default 1. `Infinity`: all later requests. */
  times?: number;
  /** The number of matching requests without the fault before it; default 0. */
  after?: number;
  /** The Retry-After header of the response, in seconds or as a date. Default: none. */
  retryAfter?: number | Date;
  /** The target of a `redirect`; default a host that does not exist. */
  location?: string;
}

/** A fault that is due. */
export interface DueFault {
  kind: FaultKind;
  /** Seconds, a date, or null for none. */
  retryAfter: number | Date | null;
  location: string;
  /** The generator for the fault's random details. */
  random: Random;
  /** Must be called when the fault was applied. A page may turn out to be one to which it does not apply. */
  count(): void;
}

const INJECTION: Names<Injection> = {
  vendor: true,
  account: true,
  operation: true,
  times: true,
  after: true,
  retryAfter: true,
  location: true,
};

interface PendingInjection extends Injection {
  kind: FaultKind;
  times: number;
  after: number;
}

/** Minimum number of requests of one vendor between two spaced faults. */
const MIN_SPACING = 30;
const DEFAULT_LOCATION = "http://elsewhere.invalid/";

interface Chance {
  random: Random;
  /** Requests since the last spaced fault. */
  sinceSpaced: number;
}

/** Selects the fault of each request, at random or by injection. */
export class FaultPlan {
  #options: FaultOptions;
  readonly #injections: PendingInjection[] = [];
  readonly #chances: Record<VendorId, Chance>;
  #drawn = 0;

  /** @throws RangeError for a share outside of 0 to 1, or a kind that does not exist. */
  constructor(options: FaultOptions = { share: 0 }) {
    if (!(options.share >= 0 && options.share <= 1)) throw new RangeError("faults.share must be from 0 to 1.");
    for (const kind of options.kinds ?? []) assertKind(kind);
    this.#options = options;
    this.#chances = forEachVendor<Record<VendorId, Chance>>((_, index) => ({
      random: new Random((options.seed ?? 1) * 7919 + (index + 1) * 104_729),
      sinceSpaced: MIN_SPACING,
    }));
  }

  /** Applies a fault to the next matching requests. Injected faults take precedence over random faults, in order of injection. */
  inject(kind: FaultKind, injection: Injection = {}): void {
    assertKind(kind);
    refuseUnknown("inject", injection, INJECTION);
    const { times = 1, after = 0 } = injection;
    if (!(times >= 1) || !(after >= 0))
      throw new RangeError("inject: `times` must be at least 1, and `after` at least 0.");
    this.#injections.push({ ...injection, kind, times, after });
  }

  /** Removes all pending faults: random faults and injected ones that have not occurred. */
  clear(): void {
    this.#options = { share: 0 };
    this.#injections.length = 0;
  }

  /** Returns the fault of this request, or null. Must be called once for each request. */
  next(vendor: VendorId, account: string, operation: string, now: () => number): DueFault | null {
    return this.#injected(vendor, account, operation) ?? this.#byChance(vendor, operation, now);
  }

  #injected(vendor: VendorId, account: string, operation: string): DueFault | null {
    for (const pending of this.#injections) {
      const matches =
        (pending.vendor ?? vendor) === vendor &&
        (pending.account ?? account) === account &&
        (pending.operation ?? operation) === operation;
      if (!matches || pending.times <= 0 || !canAffect(pending.kind, vendor, operation)) continue;
      if (pending.after > 0) {
        pending.after -= 1;
        continue;
      }
      const { kind, retryAfter = null, location = DEFAULT_LOCATION } = pending;
      const count = () => {
        pending.times -= 1;
      };
      return { kind, retryAfter, location, random: this.#chances[vendor].random, count };
    }
    return null;
  }

  #byChance(vendor: VendorId, operation: string, now: () => number): DueFault | null {
    const { share, kinds = RETRYABLE_FAULTS, vendors, max = Number.POSITIVE_INFINITY } = this.#options;
    const chance = this.#chances[vendor];
    chance.sinceSpaced += 1;
    if (share === 0 || !(vendors?.includes(vendor) ?? true) || this.#drawn >= max || !chance.random.chance(share))
      return null;
    const [first, ...others] = kinds.filter(
      (kind) => canAffect(kind, vendor, operation) && (chance.sinceSpaced > MIN_SPACING || !SPACED_FAULTS.has(kind)),
    );
    if (first === undefined) return null;
    const kind = chance.random.pick([first, ...others]);
    const count = () => {
      this.#drawn += 1;
      if (SPACED_FAULTS.has(kind)) chance.sinceSpaced = 0;
    };
    return {
      kind,
      retryAfter: randomRetryAfter(kind, chance.random, now),
      location: DEFAULT_LOCATION,
      random: chance.random,
      count,
    };
  }
}

/** Returns null, seconds, or a date by the vendor's clock: an HTTP status may come with any of the three. */
function randomRetryAfter(kind: FaultKind, random: Random, now: () => number): number | Date | null {
  if (!kind.startsWith("http-")) return null;
  const seconds = random.integer(1, 3);
  return random.pick([null, seconds, new Date(now() + seconds * 1000)]);
}

/** JavaScript callers may pass an unknown kind, which would never occur. */
function assertKind(kind: FaultKind): void {
  if (!FAULT_KINDS.includes(kind))
    throw new RangeError(`There is no fault \`${kind}\`. The kinds are ${FAULT_KINDS.join(", ")}.`);
}
