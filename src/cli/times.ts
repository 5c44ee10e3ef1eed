import { parseIso, type Zone } from "../contract/zone.js";
import { RequestError } from "../model/errors.js";
import { month } from "../ranges.js";
import { UsageError } from "./exit-code.js";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Returns a span such as `36h` in milliseconds; null if the text is not a span. */
export function parseSpanMs(text: string): number | null {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** A timer with a delay of more than 2^31 - 1 ms fires immediately. */
const MAX_WAIT_MS = 24 * UNIT_MS.d;

/** Returns a span to wait for, in milliseconds. @throws UsageError if the text is not a span, or the span exceeds 24 days. */
export function readDelayMs(option: string, text: string): number {
  const ms = parseSpanMs(text);
  if (ms !== null && ms > 0 && ms <= MAX_WAIT_MS) return ms;
  throw new UsageError(`${option} must be a span of at most 24d, such as 30s, 5m, 36h or 7d, not "${text}".`);
}

/** The names of days and months. Each stands for its first instant in the zone. */
const STARTS: Record<string, (zone: Zone, now: number) => number> = {
  today: (zone, now) => zone.startOfDay(now),
  yesterday: (zone, now) => zone.startOfDay(zone.startOfDay(now) - 1),
  "this-month": (zone, now) => startOfMonth(zone, now, 0),
  "last-month": (zone, now) => startOfMonth(zone, now, -1),
};

/** Returns the first instant of a month. @param months its distance from the current month, such as -1. */
function startOfMonth(zone: Zone, now: number, months: number): number {
  const wall = new Date(zone.toWall(now));
  return zone.toInstant(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + months, 1));
}

/**
 * Returns the instant that the text names: ISO 8601, a date or a date and time in the zone, the start of a named day or month, a span before now, or `now`.
 * @throws UsageError if the text has none of these forms.
 */
export function readTime(option: string, text: string, zone: Zone, now: number): Date {
  const instant = readInstant(text, zone, now);
  if (instant !== null) return new Date(instant);
  throw new UsageError(
    `${option} must be a time such as 2026-11-01T09:00:00+08:00, a date such as 2026-11-01, one of ${Object.keys(STARTS).join(", ")}, or a span before now such as 7d, not "${text}".`,
  );
}

function readInstant(text: string, zone: Zone, now: number): number | null {
  if (text === "now") return now;
  const start = Object.hasOwn(STARTS, text) ? STARTS[text] : undefined;
  if (start !== undefined) return start(zone, now);
  const span = parseSpanMs(text);
  return span === null ? (parseIso(text) ?? readWallTime(text, zone)) : now - span;
}

/** The options that set a range: `--from` and `--to`, or `--month`. */
export interface RangeOptions {
  from?: string | undefined;
  to?: string | undefined;
  month?: string | undefined;
}

/**
 * Returns the range from `--from` to `--to` (default now), or of `--month`.
 * @throws UsageError if a time is invalid, if the end is not later than the start, or if the start is in the future.
 */
export function readRange(given: RangeOptions, zone: Zone, now: number): { from: Date; to: Date } {
  if (given.month !== undefined) return readMonth(given.month, zone, now);
  const to = given.to ?? "now";
  const range = { from: readTime("--from", given.from ?? "", zone, now), to: readTime("--to", to, zone, now) };
  if (range.from >= range.to)
    throw new UsageError(
      `--from must be earlier than --to: ${range.from.toISOString()} is not earlier than ${range.to.toISOString()}${to === "now" ? ", which is now" : ""}.`,
    );
  return startedBefore(now, "--from", range);
}

function readMonth(text: string, zone: Zone, now: number): { from: Date; to: Date } {
  try {
    return startedBefore(now, "--month", month(text, zone.name));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new UsageError(`--month must be a month such as 2026-10, not "${text}".`);
  }
}

/** A range that has not begun contains no calls, so an empty result would hide a wrong date. */
function startedBefore<Range extends { from: Date }>(now: number, option: string, range: Range): Range {
  if (range.from.getTime() <= now) return range;
  throw new UsageError(
    `${option}: the range begins at ${range.from.toISOString()}, which is in the future. Choose a range that has begun.`,
  );
}

/**
 * Returns the interval between two times that are separated by a slash.
 * @throws UsageError if the text has another form, if the end is not later than the start, or if the end is in the future.
 */
export function readInterval(option: string, text: string, zone: Zone, now: number): { from: Date; to: Date } {
  const [start = "", end, more] = text.split("/");
  if (end === undefined || more !== undefined)
    throw new UsageError(
      `${option} must be two times separated by a slash, such as 2026-11-01T09:00:00+08:00/2026-11-01T10:00:00+08:00, not "${text}".`,
    );
  const [from, to] = [readTime(option, start, zone, now), readTime(option, end, zone, now)];
  if (from >= to) throw new UsageError(`${option}: ${from.toISOString()} is not earlier than ${to.toISOString()}.`);
  if (to.getTime() > now)
    throw new UsageError(`${option}: ${to.toISOString()} is in the future. Only a past interval can be abandoned.`);
  return { from, to };
}

/** Parses a local time in the zone: `2026-11-01`, `2026-11-01T09:00`, `2026-11-01 09:00:00` or `2026-11-01T09:00:00.250`; null if it has another form. */
function readWallTime(text: string, zone: Zone): number | null {
  const [, date, minutes = "00:00", seconds = ":00"] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?)?$/.exec(text) ?? [];
  return date === undefined ? null : zone.parse(`${date} ${minutes}${seconds}`);
}
