import type { EmulatorOptions, VendorId } from "call-records/testing";
import type { Random } from "../../../src/testing/data/random.js";

const HOUR = 3_600_000;
const LATE_CALLS = 15;
/** The greatest age of a late call. The vendors' calls settle after two days, and later ones are not delivered. */
const MAX_AGE_HOURS = 40;

/**
 * Returns calls that a vendor lists while a campaign runs. A pass that is lost or repeated would miss them, or store them twice.
 * @param accounts the labels of the accounts of each vendor.
 */
export function lateCalls(
  accounts: Readonly<Record<VendorId, readonly string[]>>,
  { now, forMs }: { now: number; forMs: number },
  random: Random,
): NonNullable<EmulatorOptions["calls"]> {
  const callsOf = (labels: readonly string[]) =>
    labels.flatMap((account) =>
      Array.from({ length: LATE_CALLS }, () => {
        const startedAt = now - random.integer(1, MAX_AGE_HOURS) * HOUR;
        return {
          account,
          startedAt: new Date(startedAt),
          endedAt: new Date(startedAt + 60_000),
          listedFrom: new Date(now + random.integer(0, forMs)),
        };
      }),
    );
  return Object.fromEntries(Object.entries(accounts).map(([vendor, labels]) => [vendor, callsOf(labels)]));
}
