import type { UsageReading } from "../../contract/provider.js";
import type { UsageMinutes } from "../../model/usage-summary.js";
import type { Span } from "../../engine/lists/intervals.js";

/** The count of the vendor in one window. */
export interface WindowReading {
  reading: UsageReading;
  window: Span;
}

/** A figure that is missing in one window of a period and present in another. */
export interface LeftOut {
  figure: keyof UsageReading["minutes"];
  window: Span;
}

/**
 * Returns the sum of the minutes of all windows of a period. A sum is null when a window lacks the figure, because a missing figure is not 0. A figure that no
 * window has is null and not reported as left out, because the vendor does not count it.
 */
export function addMinutes(readings: readonly WindowReading[]): { minutes: UsageMinutes; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const sumOf = (figure: LeftOut["figure"]): number | null => {
    const without = readings.filter(({ reading }) => reading.minutes[figure] === null);
    if (without.length === readings.length) return null;
    leftOut.push(...without.map(({ window }) => ({ figure, window })));
    return without.length > 0 ? null : readings.reduce((sum, { reading }) => sum + (reading.minutes[figure] ?? 0), 0);
  };
  const minutes: UsageMinutes = {
    outbound: sumOf("outbound"),
    inbound: sumOf("inbound"),
    voip: sumOf("voip"),
    unclassified: null,
    asrOffline: sumOf("asrOffline"),
    asrRealtime: sumOf("asrRealtime"),
  };
  return { minutes, leftOut };
}
