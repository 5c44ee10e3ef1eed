import type { ProbeFinding } from "../../model/probe-report.js";
import { CallRecordsError } from "../../model/errors.js";
import { ResultTooLarge } from "../../engine/account/failure.js";
import type { Span } from "../../engine/lists/intervals.js";
import { isRefusal } from "../../engine/lists/list-failure.js";
import { inconclusive } from "./probe-findings.js";
import type { Sample, WindowSampler } from "./window-sampler.js";

const DAY_MS = 86_400_000;
/** How far back the probe searches for calls. */
const MAX_BACK_MS = 3 * 366 * DAY_MS;
/** The length of the oldest window. */
const FAR_WINDOW_MS = 7 * DAY_MS;
/** The maximum number of windows to request. */
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
 * Returns the age of the oldest call in seconds, by bisection. A window with calls shows that calls reach back at least that far, and an empty window is taken
 * to show that they do not. Null where calls reach back as far as the probe searches.
 * @param sampler reads the list in which calls were found.
 * @param sample a window that contains calls.
 */
export async function retentionFinding(
  sampler: WindowSampler,
  sample: Sample,
  { now, oldest, longestMs, unit }: Limits,
): Promise<ProbeFinding<number>> {
  const whole = (time: number) => Math.floor(time / unit) * unit;
  const limit = whole(Math.max(now - MAX_BACK_MS, oldest)) + unit;
  let first = Math.min(...sample.calls.map(({ start }) => start));
  /** Calls reach back at least to this time. */
  let reached = Math.min(first, now - DAY_MS);
  /** No calls were found up to this time. */
  let emptyUntil = limit;
  const containsCalls = async (span: Span): Promise<boolean> => {
    const { hasCalls, starts } = await callsIn(sampler, span);
    if (!hasCalls) return false;
    first = Math.min(first, ...starts);
    reached = Math.min(reached, first, span.to);
    return true;
  };

  let windows = 1;
  const farEnd = Math.min(reached, limit + whole(Math.min(longestMs, FAR_WINDOW_MS)));
  if (farEnd <= limit || (await containsCalls({ from: limit, to: farEnd })))
    return inconclusive(`Calls reach back to ${iso(first)}, which is as far as the probe searches.`);
  for (; windows < MAX_WINDOWS && reached - emptyUntil > CLOSE_MS; windows += 1) {
    const to = whole(now - Math.sqrt((now - reached) * (now - emptyUntil)));
    if (!(await containsCalls({ from: Math.max(emptyUntil, to - whole(longestMs)), to }))) emptyUntil = to;
  }
  const seconds = Math.floor((now - first) / 1000);
  const evidence = `The oldest call that was found began at ${iso(first)}; none was found in the windows that were requested between ${iso(limit)} and ${iso(emptyUntil)}`;
  if (seconds * 1000 < DAY_MS) return inconclusive(`${evidence}. It is less than a day old.`);
  return {
    value: seconds,
    evidence: `${evidence}. Either the account had no calls before, or the vendor does not keep them longer.`,
  };
}

/** Returns whether a window has calls, and the starts of those on its first page. A refused window counts as empty, unless it is too large. */
async function callsIn(sampler: WindowSampler, span: Span): Promise<{ hasCalls: boolean; starts: number[] }> {
  try {
    const { calls, rows } = await sampler.sample(span, "page");
    return { hasCalls: rows > 0, starts: calls.map(({ start }) => start) };
  } catch (error) {
    if (error instanceof ResultTooLarge) return { hasCalls: true, starts: [] };
    if (isRefusal(error) || (error instanceof CallRecordsError && error.code === "retention"))
      return { hasCalls: false, starts: [] };
    throw error;
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
