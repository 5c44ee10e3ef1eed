import { Random } from "../data/random.js";
import type { VendorId } from "../vendor.js";
import { canAffect, FAULT_KINDS, SPACED_FAULTS, RETRYABLE_FAULTS, type FaultKind } from "./fault-kinds.js";

/** Faults by chance. The same seed gives the same faults to the same requests, for each vendor by itself. */
export interface FaultOptions {
  /** Default 1. */
  seed?: number;
  /** How many of the requests suffer one, from 0 to 1. */
  share: number;
  /** Default: every kind that a client gets over by asking again, which leaves out `bomb`, `broken-json`, `redirect`, `wrong-shape`, `no-token` and `no-data`. */
  kinds?: readonly FaultKind[];
  /** Default: all three. */
  vendors?: readonly VendorId[];
  /** At most so many in all; default no limit. */
  max?: number;
}

/** Faults on purpose: which requests suffer one. */
export interface Injection {
  /** Default: any. */
  vendor?: VendorId;
  /** The vendor's name, as in `requests`; default: any that the kind can befall. */
  operation?: string;
  /** How many requests suffer it; default 1. `Infinity`: from then on all. */
  times?: number;
  /** How many matching requests are let pass before; default 0. */
  after?: number;
  /** The Retry-After of an answer: seconds, or a date that is sent as one. Default: none. */
  retryAfter?: number | Date;
  /** Where a `redirect` leads; default a host that does not exist. */
  location?: string;
}

/** A fault that is due. */
export interface DueFault {
  kind: FaultKind;
  /** Seconds, a date, or null for none. */
  retryAfter: number | Date | null;
  location: string;
  /** For whatever else is left to chance. */
  random: Random;
  /** To be called when it has befallen the request: a page may turn out to be one that this cannot befall. */
  count(): void;
}

interface PendingInjection extends Injection {
  kind: FaultKind;
  times: number;
  after: number;
}

/** The requests of one vendor between two faults that are kept apart. */
const MIN_SPACING = 30;
const DEFAULT_LOCATION = "http://elsewhere.invalid/";
const SEED_OFFSETS: Record<VendorId, number> = { "tencent-ccc": 1, "huawei-cec": 2, itniotech: 3 };

interface Chance {
  random: Random;
  /** Requests since the last of the faults that are kept apart. */
  sinceSpaced: number;
}

/** Who suffers a fault when: by chance, and on purpose. */
export class FaultPlan {
  #options: FaultOptions;
  readonly #injections: PendingInjection[] = [];
  readonly #chances: Record<VendorId, Chance>;
  #drawn = 0;

  /** @throws RangeError for a share that is none, or a kind that does not exist. */
  constructor(options: FaultOptions = { share: 0 }) {
    if (!(options.share >= 0 && options.share <= 1)) throw new RangeError("faults.share must be from 0 to 1.");
    for (const kind of options.kinds ?? []) assertKind(kind);
    this.#options = options;
    const chance = (vendor: VendorId): Chance => ({
      random: new Random((options.seed ?? 1) * 7919 + SEED_OFFSETS[vendor] * 104_729),
      sinceSpaced: MIN_SPACING,
    });
    this.#chances = {
      "tencent-ccc": chance("tencent-ccc"),
      "huawei-cec": chance("huawei-cec"),
      itniotech: chance("itniotech"),
    };
  }

  /** The next matching requests suffer this. Faults on purpose come before those by chance, the first injected first. */
  inject(kind: FaultKind, injection: Injection = {}): void {
    assertKind(kind);
    const { times = 1, after = 0 } = injection;
    if (!(times >= 1) || !(after >= 0))
      throw new RangeError("inject: `times` must be at least 1, and `after` at least 0.");
    this.#injections.push({ ...injection, kind, times, after });
  }

  /** From now on nothing goes wrong: neither by chance, nor what was injected and has not happened yet. */
  clear(): void {
    this.#options = { share: 0 };
    this.#injections.length = 0;
  }

  /** What this request of a vendor is to suffer; null: nothing. To be asked once for each request. */
  next(vendor: VendorId, operation: string, now: () => number): DueFault | null {
    return this.#injected(vendor, operation) ?? this.#byChance(vendor, operation, now);
  }

  #injected(vendor: VendorId, operation: string): DueFault | null {
    for (const pending of this.#injections) {
      const matches = (pending.vendor ?? vendor) === vendor && (pending.operation ?? operation) === operation;
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

/** None, seconds, or a date by the vendor's clock: an HTTP status may bring any of the three. */
function randomRetryAfter(kind: FaultKind, random: Random, now: () => number): number | Date | null {
  if (!kind.startsWith("http-")) return null;
  const seconds = random.integer(1, 3);
  return random.pick([null, seconds, new Date(now() + seconds * 1000)]);
}

/** Plain JavaScript may name a kind that does not exist, and would wait for it for ever. */
function assertKind(kind: FaultKind): void {
  if (!FAULT_KINDS.includes(kind))
    throw new RangeError(`There is no fault \`${kind}\`. The kinds are ${FAULT_KINDS.join(", ")}.`);
}
