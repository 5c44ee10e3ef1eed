import type { EarlierPasses } from "./coverage.js";
import { Intervals } from "./intervals.js";
import type { PlannedWindow } from "./planned-window.js";
import { splitUnverified } from "./unverified-windows.js";
import type { WindowGrid } from "./window-grid.js";

/**
 * Plans one window at the present instant if the whole range is in the future. This machine's clock may be far behind, which only a response shows.
 */
export function planClockCheck(grid: WindowGrid, end: number, now: number, partitions: number): PlannedWindow[] {
  if (end <= now) return [];
  return grid
    .windowsOf({ from: grid.floor(now), to: now + 1 })
    .flatMap((span) => Array.from({ length: partitions }, (_, partition) => ({ partition, span, settled: false })));
}

/**
 * Plans the windows of all partitions in reading order. Windows that were never read come first, then those that were read but not verified, and last those that failed in an
 * earlier pass, because a permanent fault must not delay new calls. Otherwise the oldest or the newest come first, and the partitions of an interval together.
 */
export function planInReadingOrder(
  grid: WindowGrid,
  requested: Intervals,
  before: EarlierPasses | null,
  watermark: number,
  partitions: number,
  newestFirst: boolean,
): PlannedWindow[] {
  const windows = Array.from({ length: partitions }, (_, partition) =>
    planWindows(grid, requested, before, watermark, partition),
  );
  const known = windows.map((_, partition) =>
    Intervals.of([...(before?.read[partition]?.spans ?? []), ...(before?.unverified[partition] ?? [])]),
  );
  const rankOf = ({ partition, span, failedBefore }: PlannedWindow) => {
    if (failedBefore) return 2;
    return span !== null && known[partition]?.covers(span) === true ? 1 : 0;
  };
  // The longest failed windows come first, because they delay the most calls. Windows that cannot be split come last.
  const lengthOf = ({ span, failedBefore = false }: PlannedWindow) =>
    failedBefore && span !== null ? span.to - span.from : 0;
  return windows
    .flat()
    .map((window) => ({ window, rank: rankOf(window) }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        lengthOf(b.window) - lengthOf(a.window) ||
        ((a.window.span?.from ?? 0) - (b.window.span?.from ?? 0)) * (newestFirst ? -1 : 1),
    )
    .map(({ window }) => window);
}

function planWindows(
  grid: WindowGrid,
  requested: Intervals,
  before: EarlierPasses | null,
  watermark: number,
  partition: number,
): PlannedWindow[] {
  const of = (intervals: readonly Intervals[] | undefined) => intervals?.[partition] ?? Intervals.empty;
  const read = requested.subtract(of(before?.verified));
  const unverified = before?.unverified[partition] ?? [];
  const unverifiedRanges = Intervals.of(unverified);
  // Only whole units, because an interval that is read again for some of its rows must not contain unread time.
  const reread = Intervals.of(
    of(before?.reread)
      .subtract(unverifiedRanges)
      .spans.map(({ from, to }) => ({ from: grid.ceil(from), to: grid.floor(to) })),
  );
  const boundary = grid.floor(watermark);
  const split = (intervals: Intervals) => intervals.spans.flatMap((span) => grid.windowsOf(span));
  const planPart = (part: Intervals, settled: boolean): PlannedWindow[] => {
    const { windows, counted } = splitUnverified(grid, part, unverified);
    return [
      ...split(part.subtract(unverifiedRanges).subtract(reread)).map((span) => ({ partition, span, settled })),
      ...split(part.intersect(reread)).map((span) => ({ partition, span, settled, isReread: true })),
      ...windows.map((span) => ({ partition, span, settled, failedBefore: true })),
      ...counted.map((span) => ({ partition, span, settled, failedBefore: true, incompleteBefore: true })),
    ];
  };
  return [...planPart(read.before(boundary), true), ...planPart(read.since(boundary), false)];
}
