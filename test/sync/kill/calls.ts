import type { EmulatorOptions } from "call-records/testing";
import type { Random } from "../../../src/testing/data/random.js";
import { VENDORS } from "./account.js";

type Calls = NonNullable<EmulatorOptions["calls"]>;
type CustomCall = NonNullable<Calls["itniotech"]>[number];

const HOUR = 3_600_000;
/** Of each vendor, for each day that the campaign takes. */
const CALLS_A_DAY = 20;
/** Less than what a call takes to settle. */
const LATEST_HOURS = 40;

/** Calls from some days before a campaign up to its end: short ones and long ones, and some that the vendor lists late. */
export function callsAround(start: number, days: number, random: Random): Calls {
  const callsOf = () =>
    Array.from({ length: days * CALLS_A_DAY }, () =>
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
