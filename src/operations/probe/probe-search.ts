import type { AccountSession } from "../../engine/account/account-session.js";
import { ResultTooLarge } from "../../engine/account/failure.js";
import type { Span } from "../../engine/lists/intervals.js";
import { gridOf, oldestReadable } from "../../engine/lists/list-limits.js";
import type { Progress } from "../../engine/lists/progress.js";
import type { Invocation } from "../invocation.js";
import { type Sample, type SampledCall, WindowSampler } from "./window-sampler.js";

const HOUR_MS = 3_600_000;
/** Age at which a call no longer changes during a probe. */
const SETTLED_MS = HOUR_MS;
/** Maximum number of lists to search for calls, and of windows of increasing length to read in the first list. */
export const MAX_LISTS = 4;
const MAX_WIDENINGS = 3;
/** A longer window is requested when a window has fewer calls. */
export const ENOUGH_CALLS = 6;
/** Minimum and maximum factor by which a window is widened in one step. */
const WIDENING = { least: 4, most: 24 } as const;
/** Minimum distance of the start and the end of a call, in units, at which a window can contain only one of them. */
export const DISTINCT_UNITS = 4;
/** Calls of this length are preferred, because their start and end differ even at a vendor that rounds to minutes. */
const LONG_MS = 120_000;

/** The list in which calls were found. */
export interface Found {
  sampler: WindowSampler;
  sample: Sample;
  /** The call to measure with; null when no call has a start and an end that are far enough apart. */
  call: (SampledCall & { end: number }) | null;
}

/** Returns the first list with a call to measure with, otherwise the first with any call; null when no call was found. */
export async function search(
  session: AccountSession,
  invocation: Invocation,
  counters: Progress["counters"],
): Promise<Found | null> {
  const { provider } = session;
  const { records } = provider.operations;
  const grid = gridOf(records, provider);
  const unit = grid.ceil(1);
  let fallback: Found | null = null;
  for (const [place, partition] of records.partitions({}).slice(0, MAX_LISTS).entries()) {
    const sampler = new WindowSampler(
      session,
      partition,
      { signal: invocation.signal, counters, invocation: invocation.id },
      invocation.policy.unreadableRows,
    );
    const before = (lengthMs: number): Span => {
      const now = session.clock.now();
      const to = grid.floor(now - SETTLED_MS);
      const longest = (records.window?.maxSeconds ?? 0) * 1000;
      return {
        from: Math.max(
          to - Math.min(longest, Math.ceil(lengthMs / unit) * unit),
          oldestReadable(records, provider, now),
        ),
        to,
      };
    };
    // If the first list is empty, the others may be too. Each costs one request.
    const sample = await widen(sampler, before, place === 0 ? HOUR_MS : Number.MAX_SAFE_INTEGER);
    if (sample === null || sample.calls.length === 0) continue;
    const found = { sampler, sample, call: chooseCall(sample.calls, unit) };
    if (found.call !== null) return found;
    fallback ??= found;
  }
  return fallback;
}

/** Returns a window that ends an hour ago or earlier, with more calls than fit on a page, or the longest window that may be requested. */
async function widen(
  sampler: WindowSampler,
  before: (lengthMs: number) => Span,
  firstMs: number,
): Promise<Sample | null> {
  let best: Sample | null = null;
  let lengthMs = firstMs;
  for (let tries = 0; tries < MAX_WIDENINGS; tries += 1) {
    const span = before(lengthMs);
    try {
      best = await sampler.sample(span, "page");
    } catch (error) {
      if (!(error instanceof ResultTooLarge)) throw error;
      if (best !== null) return best;
      if (tries === MAX_WIDENINGS - 1) throw error;
      lengthMs = (span.to - span.from) / WIDENING.most;
      continue;
    }
    const total = best.total ?? best.rows;
    const isWidest = span.to - span.from < lengthMs;
    if (isWidest || (total > best.requestedRows && best.rows >= ENOUGH_CALLS)) return best;
    const factor = Math.min(WIDENING.most, Math.max(WIDENING.least, (2 * best.requestedRows) / total));
    lengthMs = total === 0 && tries > 0 ? Number.MAX_SAFE_INTEGER : lengthMs * factor;
  }
  return best;
}

/** Returns a call from the middle, so that there are other calls before and after it. */
function chooseCall(calls: readonly SampledCall[], unit: number): Found["call"] {
  const isWhole = (time: number) => time % unit === 0;
  const distinct = calls
    .flatMap((call) => {
      const { start, end } = call;
      if (end === null || end - start < DISTINCT_UNITS * unit || !isWhole(start) || !isWhole(end)) return [];
      return [{ ...call, end }];
    })
    .sort((a, b) => a.start - b.start);
  const long = distinct.filter(({ start, end }) => end - start >= LONG_MS);
  const choice = long.length > 0 ? long : distinct;
  return choice[Math.floor(choice.length / 2)] ?? null;
}
