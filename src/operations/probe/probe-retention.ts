import type { ProbeFinding } from "../../model/probe-report.js";
import { CallRecordsError } from "../../model/errors.js";
import { ResultTooLarge } from "../../engine/account/failure.js";
import type { Span } from "../../engine/lists/intervals.js";
import { isRefusal } from "../../engine/lists/list-failure.js";
import { notTold } from "./probe-findings.js";
import type { Sample, WindowSampler } from "./window-sampler.js";

const DAY_MS = 86_400_000;
/** How far back calls are looked for. */
const MAX_BACK_MS = 3 * 366 * DAY_MS;
/** The length of the window at the far end. */
const FAR_WINDOW_MS = 7 * DAY_MS;
/** Windows that are requested at most. */
const MAX_WINDOWS = 9;
/** The search ends when the oldest call is known to within this time. */
const CLOSE_MS = DAY_MS;

interface Limits {
  now: number;
  /** The oldest instant that may be requested; minus infinity where the vendor declares none. */
  oldest: number;
  /** The longest window that may be requested. */
  longestMs: number;
  /** The unit of a window's bounds. */
  unit: number;
}

/**
 * How old the oldest call is, in seconds, by halving: a window in between that holds calls shows that they reach back at least so far, and one that holds
 * none is taken to show that they do not. Null where calls reach back as far as is looked.
 * @param sampler of the list in which calls were found.
 * @param sample that holds calls.
 */
export async function retentionFinding(
  sampler: WindowSampler,
  sample: Sample,
  { now, oldest, longestMs, unit }: Limits,
): Promise<ProbeFinding<number>> {
  const whole = (time: number) => Math.floor(time / unit) * unit;
  const limit = whole(Math.max(now - MAX_BACK_MS, oldest)) + unit;
  let first = Math.min(...sample.calls.map(({ start }) => start));
  /** Calls reach back to here at least, and not to there. */
  let reached = Math.min(first, now - DAY_MS);
  let bare = limit;
  const look = async (span: Span): Promise<boolean> => {
    const { held, starts } = await callsIn(sampler, span);
    if (!held) return false;
    first = Math.min(first, ...starts);
    reached = Math.min(reached, first, span.to);
    return true;
  };

  let windows = 1;
  const farEnd = Math.min(reached, limit + whole(Math.min(longestMs, FAR_WINDOW_MS)));
  if (farEnd <= limit || (await look({ from: limit, to: farEnd })))
    return notTold(`Calls reach back to ${iso(first)}, which is as far as was looked.`);
  for (; windows < MAX_WINDOWS && reached - bare > CLOSE_MS; windows += 1) {
    const to = whole(now - Math.sqrt((now - reached) * (now - bare)));
    if (!(await look({ from: Math.max(bare, to - whole(longestMs)), to }))) bare = to;
  }
  const seconds = Math.floor((now - first) / 1000);
  const evidence = `The oldest call that was found began at ${iso(first)}; none was found in the windows that were requested between ${iso(limit)} and ${iso(bare)}`;
  if (seconds * 1000 < DAY_MS) return notTold(`${evidence}. It is less than a day old.`);
  return {
    value: seconds,
    evidence: `${evidence}. Either the account had no calls before, or the vendor does not keep them longer.`,
  };
}

/** Whether a window holds calls, and when those on its first page started. One that is refused holds none that can be read, unless it is too large. */
async function callsIn(sampler: WindowSampler, span: Span): Promise<{ held: boolean; starts: number[] }> {
  try {
    const { calls, rows } = await sampler.sample(span, "page");
    return { held: rows > 0, starts: calls.map(({ start }) => start) };
  } catch (error) {
    if (error instanceof ResultTooLarge) return { held: true, starts: [] };
    if (isRefusal(error) || (error instanceof CallRecordsError && error.code === "retention"))
      return { held: false, starts: [] };
    throw error;
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
