import { isTimeZone, parseIso, Zone } from "../contract/zone.js";
import type { DateRange } from "../model/interval.js";
import { machineZone, zonesBeside } from "./machine-zone.js";
import { UsageError } from "./usage-error.js";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A span such as `36h` in milliseconds; null where the text is none. */
export function parseSpan(text: string): number | null {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** A timer cannot be set for longer than 2^31 - 1 ms: it would go off at once. */
const LONGEST_WAIT_MS = 24 * UNIT_MS.d;

/** A span to wait for, in milliseconds. @throws UsageError when it is none, or more than 24 days. */
export function readWait(option: string, text: string): number {
  const ms = parseSpan(text);
  if (ms !== null && ms > 0 && ms <= LONGEST_WAIT_MS) return ms;
  throw new UsageError(`${option} must be a span such as 30s, 5m, 36h or 7d, and at most 24d, not "${text}".`);
}

/** The zone that dates are meant in: the one that was named, else the machine's. @throws UsageError when the runtime does not know it. */
export function readZone(name: string | undefined): Zone {
  if (name === undefined) return machineZone().zone;
  if (isTimeZone(name)) return Zone.named(name);
  throw new UsageError(
    `--time-zone must be an IANA time zone such as Asia/Shanghai, not "${name}".${zonesBeside(name)}`,
  );
}

/**
 * An instant: ISO 8601, a date or a date and time in the zone, a span back from now, or `now`.
 * @throws UsageError when the text is none of these.
 */
export function readTime(option: string, text: string, zone: Zone, now: number): Date {
  const span = parseSpan(text);
  const instant = text === "now" ? now : span === null ? (parseIso(text) ?? readWallTime(text, zone)) : now - span;
  if (instant !== null) return new Date(instant);
  throw new UsageError(
    `${option} must be a time such as 2026-11-01T09:00:00+08:00, a date such as 2026-11-01, or a span back from now such as 7d, not "${text}".`,
  );
}

/** @throws UsageError also when the end is not later than the beginning. */
export function readRange(given: { from: string; to: string }, zone: Zone, now: number): DateRange {
  const [from, to] = [readTime("--from", given.from, zone, now), readTime("--to", given.to, zone, now)];
  if (from < to) return { from, to };
  throw new UsageError(
    `--from must be earlier than --to: ${from.toISOString()} is not earlier than ${to.toISOString()}${given.to === "now" ? ", which is now" : ""}.`,
  );
}

/** Two times with a slash between them. @throws UsageError when the text is no such, or the end is not later than the beginning, or has not passed. */
export function readInterval(option: string, text: string, zone: Zone, now: number): DateRange {
  const [begin = "", end, more] = text.split("/");
  if (end === undefined || more !== undefined)
    throw new UsageError(
      `${option} must be two times with a slash between them, such as 2026-11-01T09:00:00+08:00/2026-11-01T10:00:00+08:00, not "${text}".`,
    );
  const [from, to] = [readTime(option, begin, zone, now), readTime(option, end, zone, now)];
  if (from >= to) throw new UsageError(`${option}: ${from.toISOString()} is not earlier than ${to.toISOString()}.`);
  if (to.getTime() > now)
    throw new UsageError(`${option}: ${to.toISOString()} is still to come, and cannot be given up.`);
  return { from, to };
}

/** `2026-11-01`, `2026-11-01T09:00`, `2026-11-01 09:00:00` or `2026-11-01T09:00:00.250`, by the clocks of the zone; null where it is none. */
function readWallTime(text: string, zone: Zone): number | null {
  const [, date, minutes = "00:00", seconds = ":00"] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?)?$/.exec(text) ?? [];
  return date === undefined ? null : zone.parse(`${date} ${minutes}${seconds}`);
}
