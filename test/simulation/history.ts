import { Random } from "../../src/testing/data/random.js";
import type { FilterTime, VendorId } from "../../src/testing/index.js";
import type { AccountQuirks, Twins } from "./quirks.js";
import type { SimulatedAccount } from "./scenario.js";

/** What may be unusual about the row of a call. */
export interface UnusualCall {
  startedAt: number;
  /** Whether its row has no start that can be read. */
  hasNoStart: boolean;
  /** Whether its row shows no time but its start. */
  hasNoTimes: boolean;
  /** Whether its row says how long was talked. */
  hasDuration: boolean;
}

/** A call as its vendor has it, in epoch milliseconds. */
export interface TrueCall extends UnusualCall {
  /** Of its own, unless it is a twin. */
  id: string;
  /** The customer's number, of which no two calls have the same: it tells twins apart. */
  customer: string;
  /** By which of the vendor's lists, or applications, shows it. */
  place: number;
  answeredAt: number | null;
  endedAt: number;
  /** From when on the vendor's list shows it. */
  listedFrom: number;
  /** From when on it no longer does; null: it always will. */
  removedAt: number | null;
  /** Whether it is listed later than any promise allows. */
  isLate: boolean;
}

/** What decides about an account's calls. */
export interface HistoryRules {
  account: Pick<SimulatedAccount, "vendor" | "calls" | "churn" | "quirks" | "windowSeconds">;
  /** Where the vendor filters by when a row was made, one that is made late lies out of every reach, and is no row of its time. */
  filterTime: FilterTime;
  seed: number;
  now: number;
  /** Where `onBounds` puts calls. */
  bounds: readonly number[];
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** A history reaches this far back. */
export const HISTORY_MS = 40 * DAY;
/** And one of very many calls, so that one window holds most of them. */
const CROWD_MS = 8 * DAY;
export const LONGEST_CALL_MS = 2 * HOUR;
/** A row is listed this long after its call's end at the latest: together with the longest call, well within the settle time. */
const LATEST_LISTING_MS = 20 * HOUR;
/** And one that is listed late, this long: later than the widest of ranges, and than the latest settling. */
const LATE_LISTING_MS = 10 * DAY;
/** What appears or vanishes does so while the client reads. */
const CHURN_MS = 4 * SECOND;

/** The smallest step of each vendor's times, in milliseconds. */
export const STEPS: Record<VendorId, number> = { "tencent-ccc": SECOND, "huawei-cec": 1, itniotech: SECOND };

const CUSTOMERS: Record<VendorId, string> = { "tencent-ccc": "0086138", "huawei-cec": "138", itniotech: "86138" };

/** The calls of one account. More of them are the same ones, and others. */
export function callsOf({ account, filterTime, seed, now, bounds }: HistoryRules): TrueCall[] {
  const { vendor, calls: count, churn, quirks, windowSeconds } = account;
  const random = new Random(seed);
  // Of its own, so that the calls of a history are the same ones with and without what is unusual about it.
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
      // Beyond what a double holds exactly.
      id: isTwin && previous !== undefined ? previous.id : String(1_262_218_830_000_000_001n + BigInt(index)),
      customer: `${CUSTOMERS[vendor]}${String(index).padStart(8, "0")}`,
      place: quirks.twins === "list" && isTwin ? placeBeside(vendor, index - 1) : isTwin ? index - 1 : index,
      startedAt,
      answeredAt: startedAt + 10 * SECOND < endedAt ? startedAt + 10 * SECOND : null,
      endedAt,
      // Later than the vendor says that anything appears: the client cannot know of it, but must not be misled by it.
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

/** A place in another of Tencent's applications, and on another of Huawei's lists. */
export function placeBeside(vendor: VendorId, place: number): number {
  if (vendor === "tencent-ccc") return place + 1;
  return place % 3 === 0 ? place + 1 : place + 3 - (place % 3);
}

/** Anywhere, lately, at the turn of an hour, or together with the call before. */
function drawStart(random: Random, previous: number, now: number, reachMs: number): number {
  const anywhere = now - random.integer(-HOUR, reachMs);
  const place = random.next();
  if (place < 0.15) return previous + random.integer(0, 1) * SECOND;
  if (place < 0.3) return now - random.integer(0, 3 * DAY);
  if (place < 0.45) return Math.floor(anywhere / HOUR) * HOUR;
  return anywhere;
}

/** The start of a call of which the start, or the time that the vendor filters on, lies on a bound, or a step or less beside it. */
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

/** What decides in which windows a call is. */
export type Filtered = Pick<TrueCall, "startedAt" | "endedAt" | "listedFrom" | "place">;

/** The time that the vendor's windows filter on. */
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

/** The fields of the vendor's row that are unusual. */
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
