import { Zone } from "../../contract/zone.js";
import type { Span } from "../../engine/lists/intervals.js";

/** How usage is divided. */
export type UsagePeriod = "total" | "day" | "month";

/** The periods that a range falls into, in a zone: the first and the last may be cut by the range. */
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
