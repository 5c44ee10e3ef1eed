import type { CallMetrics, MetricsGroup } from "../../metrics/index.js";
import { dateOf, type Day, dayOfDate, daysFrom, weekdayOf } from "./day.js";
import { type DayState, worstState } from "./day-states.js";

/** The unit of the charts over time. */
export type PeriodUnit = "day" | "week" | "month";

/** A column of the charts over time: a day, a week from Monday, or a month. */
export interface Period {
  unit: PeriodUnit;
  first: Day;
  last: Day;
  state: DayState;
  metrics: CallMetrics;
}

/** The most days, and the most weeks, whose columns a reader can distinguish. */
const MAX_DAYS = 120;
const MAX_WEEKS = 120;

/** Returns the unit in which a number of days is shown. */
export function unitFor(days: number): PeriodUnit {
  if (days <= MAX_DAYS) return "day";
  return days <= MAX_WEEKS * 7 ? "week" : "month";
}

/** Returns the first day of the period that contains a day. */
function startOf(day: Day, unit: PeriodUnit): Day {
  if (unit === "day") return day;
  return unit === "week" ? day - weekdayOf(day) + 1 : day - dateOf(day).getUTCDate() + 1;
}

/** Returns the periods from the first to the last day, also those without calls. */
export function periodsOf(
  { first, last }: { first: Day; last: Day },
  groups: readonly MetricsGroup[],
  stateOf: (day: Day) => DayState,
  metricsOf: (groups: readonly MetricsGroup[]) => CallMetrics,
): Period[] {
  const unit = unitFor(last - first + 1);
  const byDay = new Map(groups.map((group) => [dayOfDate(group.key.day ?? ""), group]));
  const periods: Day[][] = [];
  for (const day of daysFrom(first, last)) {
    const current = periods.at(-1);
    if (current !== undefined && startOf(current[0] ?? day, unit) === startOf(day, unit)) current.push(day);
    else periods.push([day]);
  }
  return periods.map((days) => ({
    unit,
    first: days[0] ?? first,
    last: days.at(-1) ?? last,
    state: worstState(days.map(stateOf)),
    metrics: metricsOf(days.flatMap((day) => byDay.get(day) ?? [])),
  }));
}
