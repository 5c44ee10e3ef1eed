import { Random } from "../../src/testing/data/random.js";
import type { VendorId } from "../../src/testing/index.js";
import type { Churn } from "./scenario.js";

/** A call as its vendor has it, in epoch milliseconds. */
export interface TrueCall {
  id: string;
  startedAt: number;
  endedAt: number;
  /** From when on the vendor's list shows it. */
  listedFrom: number;
  /** From when on it no longer does; null: it always will. */
  removedAt: number | null;
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** A history reaches this far back. */
export const HISTORY_MS = 40 * DAY;
export const LONGEST_CALL_MS = 2 * HOUR;
/** A row is listed this long after its call's end at the latest: together with the longest call, well within the settle time. */
const LATEST_LISTING_MS = 20 * HOUR;
/** What appears or vanishes does so while the client reads. */
const CHURN_MS = 4 * SECOND;

/** The smallest step of each vendor's times, in milliseconds. */
const STEPS: Record<VendorId, number> = { "tencent-ccc": SECOND, "huawei-cec": 1, itniotech: SECOND };

/**
 * The calls of one account. More of them are the same ones, and others.
 * @param byCreation whether the vendor filters by when a row was made: one that is made late then lies out of every reach, and is no row of its time.
 */
export function callsOf(vendor: VendorId, count: number, churn: Churn, byCreation: boolean, seed: number, now: number): TrueCall[] {
  const random = new Random(seed);
  const stepped = (time: number) => Math.floor(time / STEPS[vendor]) * STEPS[vendor];
  const calls: TrueCall[] = [];
  for (let index = 0; index < count; index += 1) {
    const previous = calls.at(-1)?.startedAt ?? now;
    const startedAt = stepped(drawStart(random, previous, now));
    const endedAt = stepped(startedAt + random.integer(0, random.chance(0.8) ? 10 * 60 * SECOND : LONGEST_CALL_MS));
    const listedFrom = endedAt + (random.chance(0.8) ? 0 : random.integer(0, LATEST_LISTING_MS));
    const churns = random.chance(1 / 6) && !(churn === "insert" && byCreation && endedAt + LATEST_LISTING_MS < now);
    const churnedAt = now + random.integer(0, CHURN_MS);
    calls.push({
      // Beyond what a double holds exactly.
      id: String(1_262_218_830_000_000_001n + BigInt(index)),
      startedAt,
      endedAt,
      // Later than the vendor says that anything appears: the client cannot know of it, but must not be misled by it.
      listedFrom: churn === "insert" && churns ? Math.max(listedFrom, churnedAt) : listedFrom,
      removedAt: churn === "remove" && churns ? churnedAt : null,
    });
  }
  return calls;
}

/** Anywhere, lately, at the turn of an hour, or together with the call before. */
function drawStart(random: Random, previous: number, now: number): number {
  const anywhere = now - random.integer(-HOUR, HISTORY_MS);
  const place = random.next();
  if (place < 0.15) return previous + random.integer(0, 1) * SECOND;
  if (place < 0.3) return now - random.integer(0, 3 * DAY);
  if (place < 0.45) return Math.floor(anywhere / HOUR) * HOUR;
  return anywhere;
}
