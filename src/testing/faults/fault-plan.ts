import { Random } from "../data/random.js";
import { forEachVendor, type VendorId } from "../vendors.js";
import { canAffect, SPACED_FAULTS, RETRYABLE_FAULTS, type FaultKind } from "./fault-kinds.js";
import { type AccountLabels, type Injection, type PendingInjection, readInjection } from "./injection.js";

/** Random faults. The same seed gives the same faults to the same requests of each vendor. */
export interface FaultOptions<Vendors extends VendorId = VendorId> {
  /** Default 1. */
  seed?: number | undefined;
  /** The share of requests with a fault, from 0 to 1. */
  share: number;
  /** Default: every kind from which a client recovers by a retry, which excludes `bomb`, `broken-json`, `redirect`, `wrong-shape`, `no-token` and `no-data`. */
  kinds?: readonly FaultKind[] | undefined;
  /** The vendors with faults; default: all that are started. */
  vendors?: readonly Vendors[] | undefined;
  /** The maximum number of faults; default no limit. */
  max?: number | undefined;
}

/** A fault that is due. */
export interface DueFault {
  kind: FaultKind;
  /** Whether it was drawn at random, and not injected. */
  isRandom: boolean;
  /** Seconds, a date, or null for none. */
  retryAfter: number | Date | null;
  location: string;
  /** The generator for the fault's random details. */
  random: Random;
  /** Must be called when the fault was applied. A page may turn out to be one to which it does not apply. */
  count(): void;
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
  readonly #accounts: AccountLabels;
  #drawn = 0;

  /** @param accounts the labels of the accounts of the started vendors. */
  constructor(options: FaultOptions, accounts: AccountLabels) {
    this.#options = options;
    this.#accounts = accounts;
    this.#chances = forEachVendor<Record<VendorId, Chance>>((_, index) => ({
      random: new Random((options.seed ?? 1) * 7919 + (index + 1) * 104_729),
      sinceSpaced: MIN_SPACING,
    }));
  }

  /**
   * Applies a fault to the next matching requests. Injected faults take precedence over random faults, in order of injection.
   * @throws RangeError naming an argument that breaks a rule.
   */
  inject(kind: FaultKind, injection: Injection = {}): void {
    this.#injections.push(readInjection(kind, injection, this.#accounts));
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
      return { kind, isRandom: false, retryAfter, location, random: this.#chances[vendor].random, count };
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
      isRandom: true,
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
