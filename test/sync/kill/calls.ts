import type { EmulatorOptions } from "call-records/testing";
import type { Random } from "../../../src/testing/data/random.js";
import { VENDORS } from "./account.js";

type Calls = NonNullable<EmulatorOptions["calls"]>;
type CustomCall = NonNullable<Calls["itniotech"]>[number];

const HOUR = 3_600_000;
/** The number of calls of each vendor on each day of the campaign. */
const CALLS_PER_DAY = 20;
/** The longest delay before the vendor lists a call. It is shorter than the time in which a call settles. */
const LATEST_HOURS = 40;

/** Returns calls from three days before a campaign until its end. Some are long, and the vendor lists some of them late. */
export function callsAround(start: number, days: number, random: Random): Calls {
  const callsOf = () =>
    Array.from({ length: days * CALLS_PER_DAY }, () =>
      callAt(start - 3 * 24 * HOUR + Math.floor(random.next() * days * 24 * HOUR), random),
    );
  return Object.fromEntries(VENDORS.map((vendor) => [vendor, callsOf()]));
}

function callAt(instant: number, random: Random): CustomCall {
  const startedAt = new Date(instant);
  const endedAt = new Date(instant + random.pick([20_000, 60_000, 600_000, 3 * HOUR]));
  if (!random.chance(0.3)) return { startedAt, endedAt };
  return {
    startedAt,
    endedAt,
    listedFrom: new Date(endedAt.getTime() + Math.floor(random.next() * (LATEST_HOURS - 3) * HOUR)),
  };
}
