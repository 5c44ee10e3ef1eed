import type { UsageReading } from "../../contract/provider.js";
import type { UsageMinutes } from "../../model/usage-summary.js";
import type { Span } from "../../engine/lists/intervals.js";

/** What the vendor counted in one window. */
export interface WindowReading {
  reading: UsageReading;
  window: Span;
}

/** A figure that one window of a period leaves out, and another tells. */
export interface LeftOut {
  figure: keyof UsageReading["minutes"];
  window: Span;
}

/**
 * The minutes of a period's windows, added up. A sum is known only where every window tells the figure: what a window leaves out is not 0. A figure that no
 * window tells is null, and is not one that is left out: the vendor does not count it.
 */
export function addMinutes(readings: readonly WindowReading[]): { minutes: UsageMinutes; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const sumOf = (figure: LeftOut["figure"]): number | null => {
    const untold = readings.filter(({ reading }) => reading.minutes[figure] === null);
    if (untold.length === readings.length) return null;
    leftOut.push(...untold.map(({ window }) => ({ figure, window })));
    return untold.length > 0 ? null : readings.reduce((sum, { reading }) => sum + (reading.minutes[figure] ?? 0), 0);
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
