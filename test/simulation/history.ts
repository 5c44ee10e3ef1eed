import { Random } from "../../src/testing/data/random.js";
import type { FilterTime, VendorId } from "../../src/testing/index.js";
import type { AccountQuirks, Twins } from "./quirks.js";
import type { SimulatedAccount } from "./scenario.js";

/** The unusual properties of the row of a call. */
export interface UnusualCall {
  startedAt: number;
  /** Whether its row has no valid start. */
  hasNoStart: boolean;
  /** Whether its row has no time except its start. */
  hasNoTimes: boolean;
  /** Whether its row has a duration. */
  hasDuration: boolean;
}

/** A call of the vendor, with times in epoch milliseconds. */
export interface TrueCall extends UnusualCall {
  /** Unique, unless it is a twin. */
  id: string;
  /** The customer's number. It is unique, so it distinguishes twins. */
  customer: string;
  /** The number that selects the vendor's list or application that contains it. */
  place: number;
  answeredAt: number | null;
  endedAt: number;
  /** The time from which the vendor lists it. */
  listedFrom: number;
  /** The time from which the vendor no longer lists it; null if it is never removed. */
  removedAt: number | null;
  /** Whether it is listed later than the declared settle time allows. */
  isLate: boolean;
}

/** The parameters from which the calls of an account are generated. */
export interface HistoryRules {
  account: Pick<SimulatedAccount, "vendor" | "calls" | "churn" | "quirks" | "windowSeconds">;
  /** The time that the vendor filters on. With `created`, a row that is listed late is outside of the windows around its call. */
  filterTime: FilterTime;
  seed: number;
  now: number;
  /** The instants at which `onBounds` places calls. */
  bounds: readonly number[];
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** The length of a history. */
export const HISTORY_MS = 40 * DAY;
/** The length of a history with very many calls, so that one window contains most of them. */
const CROWD_MS = 8 * DAY;
export const LONGEST_CALL_MS = 2 * HOUR;
/** The longest delay between the end of a call and its listing. Together with the longest call it is well within the settle time. */
const LATEST_LISTING_MS = 20 * HOUR;
/** The delay of a row that is listed late: longer than the longest margin of a range, and than the longest settle time. */
const LATE_LISTING_MS = 10 * DAY;
/** The period in which rows appear or are removed, while the client reads. */
const CHURN_MS = 4 * SECOND;

/** The smallest step of each vendor's times, in milliseconds. */
export const STEPS: Record<VendorId, number> = { "tencent-ccc": SECOND, "huawei-cec": 1, itniotech: SECOND };

const CUSTOMERS: Record<VendorId, string> = { "tencent-ccc": "0086138", "huawei-cec": "138", itniotech: "86138" };

/** Returns the calls of one account. A larger number of calls begins with the same calls. */
export function callsOf({ account, filterTime, seed, now, bounds }: HistoryRules): TrueCall[] {
  const { vendor, calls: count, churn, quirks, windowSeconds } = account;
  const random = new Random(seed);
  // A separate generator, so that unusual properties do not change the other properties of the calls.
  const unusual = new Random(seed + 2);
  const stepped = (time: number) => Math.floor(time / STEPS[vendor]) * STEPS[vendor];
  const calls: TrueCall[] = [];
  for (let index = 0; index < count; index += 1) {
    const previous = calls.at(-1);
    const duration = {
      start: drawStart(random, previous?.startedAt ?? now, now, quirks.roundCap === undefined ? HISTORY_MS : CROWD_MS),
      lasts: random.integer(0, random.chance(0.8) ? 10 * 60 * SECOND : LONGEST_CALL_MS),
    };
    const delay = random.chance(0.8) ? 0 : random.integer(0, LATEST_LISTING_MS);
    const churnsByChance = random.chance(1 / 6);
    const churnedAt = now + random.integer(0, CHURN_MS);
    const isTwin = quirks.twins !== undefined && index % 4 === 3;
    const drawn = unusual.chance(quirks.onBounds ?? 0)
      ? onBound(unusual, bounds, STEPS[vendor], filterTime, duration.lasts, delay)
      : duration.start;
    const startedAt = stepped(
      isTwin ? twinStart(unusual, quirks.twins ?? "window", previous?.startedAt ?? now, windowSeconds * SECOND) : drawn,
    );
    const endedAt = stepped(startedAt + duration.lasts);
    const isLate = quirks.listsLate === true && unusual.chance(0.2);
    const listedFrom = endedAt + (isLate ? LATE_LISTING_MS + unusual.integer(0, LATE_LISTING_MS) : delay);
    const churns =
      churnsByChance && !(churn === "insert" && filterTime === "created" && endedAt + LATEST_LISTING_MS < now);
    calls.push({
      // A double cannot represent this number exactly.
      id: isTwin && previous !== undefined ? previous.id : String(1_262_218_830_000_000_001n + BigInt(index)),
      customer: `${CUSTOMERS[vendor]}${String(index).padStart(8, "0")}`,
      place: quirks.twins === "list" && isTwin ? placeInOtherList(vendor, index - 1) : isTwin ? index - 1 : index,
      startedAt,
      answeredAt: startedAt + 10 * SECOND < endedAt ? startedAt + 10 * SECOND : null,
      endedAt,
      // Later than the vendor declares. The client cannot know of such a call, but its report must still be correct.
      listedFrom: churn === "insert" && churns ? Math.max(listedFrom, churnedAt) : listedFrom,
      removedAt: churn === "remove" && churns ? churnedAt : null,
      isLate,
      hasNoStart: unusual.chance(quirks.wrongUnit ?? 0),
      hasNoTimes: quirks.noTime !== undefined && unusual.chance(0.5),
      hasDuration: !(quirks.noDuration === true && unusual.chance(0.5)),
    });
  }
  return calls;
}

/** Returns the number of a place in another application of Tencent, or in another list of Huawei. */
export function placeInOtherList(vendor: VendorId, place: number): number {
  if (vendor === "tencent-ccc") return place + 1;
  return place % 3 === 0 ? place + 1 : place + 3 - (place % 3);
}

/** Returns a random start: anywhere, recent, at a full hour, or at the start of the previous call. */
function drawStart(random: Random, previous: number, now: number, reachMs: number): number {
  const anywhere = now - random.integer(-HOUR, reachMs);
  const place = random.next();
  if (place < 0.15) return previous + random.integer(0, 1) * SECOND;
  if (place < 0.3) return now - random.integer(0, 3 * DAY);
  if (place < 0.45) return Math.floor(anywhere / HOUR) * HOUR;
  return anywhere;
}

/** Returns the start of a call whose start, or the time that the vendor filters on, is at a bound or next to it. */
export function onBound(
  random: Random,
  bounds: readonly number[],
  step: number,
  filterTime: FilterTime,
  lastsMs: number,
  delayMs: number,
): number {
  const bound = bounds[random.integer(0, bounds.length - 1)] ?? 0;
  const at = bound + random.pick([0, 0, 0, -step, step, -1, 1, -SECOND, SECOND, random.integer(-SECOND, SECOND)]);
  if (filterTime === "start" || random.chance(0.3)) return at;
  return at - lastsMs - (filterTime === "created" ? delayMs : 0);
}

function twinStart(random: Random, twins: Twins, other: number, windowMs: number): number {
  const apart = random.integer(0, 600) * SECOND;
  return twins === "neighbour" ? other - windowMs + apart : other - apart;
}

/** The properties of a call that determine the windows that contain it. */
export type Filtered = Pick<TrueCall, "startedAt" | "endedAt" | "listedFrom" | "place">;

/** Returns the time that the vendor's windows filter on. */
export function filteredAt({ startedAt, endedAt, listedFrom }: Filtered, filterTime: FilterTime): number {
  return filterTime === "start" ? startedAt : filterTime === "end" ? endedAt : listedFrom;
}

const NO_TIME_FIELDS: Record<VendorId, readonly string[]> = {
  "tencent-ccc": ["QueuedTimestamp", "RingTimestamp", "AcceptTimestamp", "EndedTimestamp"],
  "huawei-cec": ["alertingTime", "talkingTime", "releaseTime", "endTime", "agentTalkingTime"],
  itniotech: ["calledAnswerTime", "calledHangupTime", "updateTime"],
};

const DURATION: Record<VendorId, string> = {
  "tencent-ccc": "Duration",
  "huawei-cec": "talkDuration",
  itniotech: "callDuration",
};

/** Returns the unusual fields of the vendor's row; null if there are none. */
export function unusualFields(
  vendor: VendorId,
  call: UnusualCall,
  { noTime }: AccountQuirks,
): Record<string, unknown> | null {
  const row: Record<string, unknown> = {};
  if (call.hasNoTimes) for (const field of NO_TIME_FIELDS[vendor]) row[field] = noTime;
  if (!call.hasDuration) row[DURATION[vendor]] = null;
  if (call.hasNoStart) {
    if (vendor === "tencent-ccc")
      Object.assign(row, { Time: Math.floor(call.startedAt / 1e6), StartTimestamp: Math.floor(call.startedAt / 1e6) });
    else if (vendor === "huawei-cec") row.startTime = Math.floor(call.startedAt / 1000);
    else row.callStartTime = "1970-01-01 08:00:00";
  }
  return Object.keys(row).length === 0 ? null : row;
}
