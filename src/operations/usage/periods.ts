import { Zone } from "../../contract/zone.js";
import type { Span } from "../../engine/lists/intervals.js";

/** The length of a period. */
export type UsagePeriod = "total" | "day" | "month";

/** Returns the periods of a range in a time zone. The range may cut the first and the last one. */
export function periodsOf(range: Span, by: UsagePeriod, timeZone: string): Span[] {
  if (by === "total") return [range];
  const zone = Zone.named(timeZone);
  const periods: Span[] = [];
  for (let from = range.from; from < range.to;) {
    const end = by === "day" ? zone.nextDay(from) : zone.nextMonth(from);
    const to = Math.min(end, range.to);
    periods.push({ from, to });
    from = to;
  }
  return periods;
}
