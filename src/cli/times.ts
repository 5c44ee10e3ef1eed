import { isTimeZone, parseIso, Zone } from "../contract/zone.js";
import { machineZone, similarZones } from "./machine-zone.js";
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

/** Returns the time zone of dates: the named zone, else the zone of the machine. @throws UsageError if the zone is unknown. */
export function readZone(name: string | undefined): Zone {
  if (name === undefined) return machineZone().zone;
  if (isTimeZone(name)) return Zone.named(name);
  throw new UsageError(
    `--time-zone must be an IANA time zone such as Asia/Shanghai, not "${name}".${similarZones(name)}`,
  );
}

/**
 * Returns the instant that the text names: ISO 8601, a date or a date and time in the zone, a span before now, or `now`.
 * @throws UsageError if the text has none of these forms.
 */
export function readTime(option: string, text: string, zone: Zone, now: number): Date {
  const span = parseSpanMs(text);
  const instant = text === "now" ? now : span === null ? (parseIso(text) ?? readWallTime(text, zone)) : now - span;
  if (instant !== null) return new Date(instant);
  throw new UsageError(
    `${option} must be a time such as 2026-11-01T09:00:00+08:00, a date such as 2026-11-01, or a span before now such as 7d, not "${text}".`,
  );
}

/** Returns the range from `--from` to `--to`. @throws UsageError if a time is invalid, or if the end is not later than the start. */
export function readRange(given: { from: string; to: string }, zone: Zone, now: number): { from: Date; to: Date } {
  const [from, to] = [readTime("--from", given.from, zone, now), readTime("--to", given.to, zone, now)];
  if (from < to) return { from, to };
  throw new UsageError(
    `--from must be earlier than --to: ${from.toISOString()} is not earlier than ${to.toISOString()}${given.to === "now" ? ", which is now" : ""}.`,
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
