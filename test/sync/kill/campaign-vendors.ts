import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import type { Random } from "../../../src/testing/data/random.js";
import { callsAround } from "./calls.js";

const DAY = 24 * 3_600_000;
/** The time at which a campaign begins. */
export const START = Date.parse("2026-11-20T04:00:00Z");
export const HISTORY_DAYS = 20;
/** The days that the campaign's own calls cover: three days before its start, and the longest time that its processes can take. */
export const CALLS_DAYS = 12;
/** The time after the start of the campaign at which no call appears or changes any more. */
export const SETTLED_AFTER = 16 * DAY;

/** Starts the vendors of a campaign, whose calls appear and change while it runs. */
export function startCampaignVendors(random: Random, now: () => number): Promise<VendorEmulator> {
  return startVendorEmulator({
    seed: random.seed(),
    now,
    days: HISTORY_DAYS,
    callsPerDay: 30,
    activeCalls: 0,
    requestsPerSecond: { "huawei-cec": Infinity, itniotech: Infinity },
    filterTime: random.pick(["start", "end"]),
    calls: callsAround(START, CALLS_DAYS, random),
  });
}
