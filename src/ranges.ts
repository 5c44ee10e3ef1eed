import { isTimeZone, Zone } from "./contract/zone.js";
import { RequestError } from "./model/errors.js";
import type { DateRange } from "./model/interval.js";

const DAY_MS = 86_400_000;

/**
 * Returns a calendar day of a time zone, such as `day("2026-10-31", "Asia/Shanghai")`. It has 23 or 25 hours where clocks change within it.
 * @param date the day, as `yyyy-MM-dd`.
 * @param timeZone IANA name of the zone. Required: the machine's zone is never used, because a bill must not depend on the machine.
 * @throws RequestError when the date is not real or does not exist in the zone, when the zone is missing, or when the runtime does not support it.
 */
export function day(date: string, timeZone: string): DateRange {
  const { zone, wall } = read("day", "date", date, /^\d{4}-\d{2}-\d{2}$/, "", timeZone);
  const from = zone.toInstant(wall);
  // A zone that moves over the date line has a day without an instant. `toInstant` then returns the start of the next day.
  if (zone.toWall(from) >= wall + DAY_MS)
    throw new RequestError(
      `day: argument \`date\`: there was no ${date} in ${timeZone}, which moved over the date line.`,
    );
  return { from: new Date(from), to: new Date(zone.nextDay(from)) };
}

/**
 * Returns a calendar month of a time zone, such as `month("2026-10", "Asia/Shanghai")`.
 * @param yearAndMonth the month, as `yyyy-MM`.
 * @param timeZone IANA name of the zone. Required, as for `day`.
 * @throws RequestError when the month is not real, when the zone is missing, or when the runtime does not support it.
 */
export function month(yearAndMonth: string, timeZone: string): DateRange {
  const { zone, wall } = read("month", "yearAndMonth", yearAndMonth, /^\d{4}-\d{2}$/, "-01", timeZone);
  const from = zone.toInstant(wall);
  return { from: new Date(from), to: new Date(zone.nextMonth(from)) };
}

function read(
  owner: string,
  name: string,
  text: string,
  form: RegExp,
  rest: string,
  timeZone: string,
): { zone: Zone; wall: number } {
  if (!isTimeZone(timeZone))
    throw new RequestError(
      `${owner}: argument \`timeZone\` is required and must be an IANA time zone that this runtime supports, such as Asia/Shanghai.`,
    );
  const wall = form.test(text) ? Date.parse(`${text}${rest}T00:00:00Z`) : Number.NaN;
  // `Date.parse` converts 31 April to 1 May. Only a real date is formatted as the same text.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(text)) {
    throw new RequestError(
      `${owner}: argument \`${name}\` must be a real ${owner}, such as ${owner === "day" ? "2026-10-31" : "2026-10"}.`,
    );
  }
  return { zone: Zone.named(timeZone), wall };
}
