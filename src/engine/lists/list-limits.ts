import type { ListOperation, Provider } from "../../contract/provider.js";
import type { Span } from "./intervals.js";
import { WindowGrid } from "./window-grid.js";

/** Maximum distance, in milliseconds, between the filter time of a list and the start of a call. */
export function windowMarginMsOf(operation: ListOperation<unknown>, provider: Provider): number {
  return operation.window?.filtersOn === "unknown" ? provider.longestCallSeconds * 1000 : 0;
}

/** Requested bounds are in whole units, and may extend one unit at each end. The times of rows may be whole seconds where bounds are finer. */
const UNIT_MARGIN_MS = { ms: 1000, s: 2000, day: 2 * 86_400_000 } as const;

/** The interval of filter times that rows of these windows may have. */
export function spanOf(operation: ListOperation<unknown>, windows: readonly Span[]): Span {
  const margin = UNIT_MARGIN_MS[operation.window?.unit ?? "ms"];
  return {
    from: Math.min(...windows.map(({ from }) => from)) - margin,
    to: Math.max(...windows.map(({ to }) => to)) + margin,
  };
}

/** The earliest instant that the vendor keeps; null where no limit is declared. */
export function earliestKept(operation: ListOperation<unknown>, now: number): number | null {
  return operation.retentionSeconds === null ? null : now - operation.retentionSeconds * 1000;
}

/**
 * Distance between the retention limit and the oldest request. The limit moves while requests are pending, and the vendor's clock may be minutes ahead. The
 * interval in between is a gap.
 */
export const RETENTION_MARGIN_MS = 300_000;

/** The oldest instant from which a list can be read completely. */
export function oldestReadable(operation: ListOperation<unknown>, provider: Provider, now: number): number {
  const earliest = earliestKept(operation, now);
  return earliest === null
    ? Number.NEGATIVE_INFINITY
    : gridOf(operation, provider).firstFrom(earliest + RETENTION_MARGIN_MS);
}

/** The instant before which records no longer appear or change. */
export function settledBefore(settleMs: number, now: number): number {
  return now - settleMs;
}

/** The grid of the windows that an operation's rule allows. */
export function gridOf(operation: ListOperation<unknown>, provider: Provider): WindowGrid {
  if (operation.window === null)
    throw new TypeError(`${operation.name} is declared without a window, and cannot be read by time.`);
  return new WindowGrid(operation.window, provider.timeZone);
}
