/** A period in which each local time occurs twice. */
export interface RepeatedPeriod {
  /** Its first instant, in epoch milliseconds. */
  from: number;
  /** The first instant after it, in epoch milliseconds. */
  to: number;
}

/**
 * Wall-clock arithmetic in an IANA zone. A wall-clock time is carried as the epoch milliseconds that it would be in UTC.
 */
export class Zone {
  private readonly format: Intl.DateTimeFormat;
  private readonly days: Offsets = new Map();
  private readonly quarters: Offsets = new Map();

  /**
   * @param name IANA name, such as `Asia/Shanghai`. Better {@link Zone.named}, which makes each zone once.
   * @throws RangeError when the runtime does not know the zone.
   */
  constructor(
    /** The IANA name. */
    readonly name: string,
  ) {
    this.format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      era: "short",
    });
  }

  private static readonly known = new Map<string, Zone>();

  /**
   * The zone of this name, the same one each time: it remembers the offsets that it has looked up.
   * @throws RangeError when the runtime does not know the zone.
   */
  static named(name: string): Zone {
    const zone = Zone.known.get(name) ?? new Zone(name);
    Zone.known.set(name, zone);
    return zone;
  }

  /** Milliseconds to add to UTC at this instant (epoch ms). */
  offsetAt(instant: number): number {
    return (
      this.offsetWithin(DAY, this.days, instant) ??
      this.offsetWithin(QUARTER_HOUR, this.quarters, instant) ??
      this.measureOffset(instant)
    );
  }

  /** The offset throughout the span of this length in which an instant lies; null where it changes in it. */
  private offsetWithin(length: number, known: Offsets, instant: number): number | null {
    const span = Math.floor(instant / length);
    const offset = known.get(span);
    return offset === undefined ? this.measureSpan(span, length, known) : offset;
  }

  private measureSpan(span: number, length: number, known: Offsets): number | null {
    const first = this.measureOffset(span * length);
    const last = this.measureOffset((span + 1) * length - 1000);
    const offset = first === last ? first : null;
    if (known.size >= MAX_KNOWN_SPANS) known.clear();
    known.set(span, offset);
    return offset;
  }

  private measureOffset(instant: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of this.format.formatToParts(instant)) parts[type] = value;
    const year = Number(parts.year) * (parts.era === "BC" ? -1 : 1) + (parts.era === "BC" ? 1 : 0);
    // Not `Date.UTC`, which takes the years 0 to 99 for the 1900s.
    const wall = new Date(0).setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
    const time = ((Number(parts.hour) * 60 + Number(parts.minute)) * 60 + Number(parts.second)) * 1000;
    return wall + time - instant;
  }

  /** The wall-clock time at an instant. */
  toWall(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  /** The instant of a wall-clock time: the earlier one where clocks are set back over it, the one after the gap where they are set forward. */
  toInstant(wall: number): number {
    const before = wall - this.offsetAt(wall - DAY);
    const after = wall - this.offsetAt(wall + DAY);
    const candidates = [Math.min(before, after), Math.max(before, after)];
    for (const candidate of candidates) if (this.toWall(candidate) === wall) return candidate;
    return Math.max(before, after);
  }

  /**
   * The period around an instant, `[from, to)` in epoch milliseconds, in which each local time occurs twice, because clocks are set back within it; null where the instant's local time occurs
   * once.
   */
  repeatedPeriod(instant: number): RepeatedPeriod | null {
    const [before, after] = [this.offsetAt(instant - DAY), this.offsetAt(instant + DAY)];
    const shift = before - after;
    if (shift <= 0) return null;
    let [low, high] = [instant - DAY, instant + DAY];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    return instant >= high - shift && instant < high + shift ? { from: high - shift, to: high + shift } : null;
  }

  /** The first instant of the day that holds this instant. */
  startOfDay(instant: number): number {
    return this.dayAt(Math.floor(this.toWall(instant) / DAY));
  }

  /** The first instant of the day after the one that holds this instant. */
  nextDay(instant: number): number {
    const day = Math.floor(this.toWall(instant) / DAY);
    const next = this.dayAt(day + 1);
    // Where clocks are set back over midnight, a minute after it, the next day has begun once already.
    return next > instant ? next : this.dayAt(day + 2);
  }

  /** The first instant of the month after the one that holds this instant. */
  nextMonth(instant: number): number {
    const wall = new Date(this.toWall(instant));
    return this.dayAt(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 1) / DAY);
  }

  private dayAt(day: number): number {
    // Where clocks go forward over midnight, `toInstant` answers the instant after the gap: the first of that day.
    return this.toInstant(day * DAY);
  }

  /** The wall-clock time as `yyyy-MM-dd HH:mm:ss`. */
  print(instant: number): string {
    return new Date(this.toWall(instant)).toISOString().slice(0, 19).replace("T", " ");
  }

  /** The instant as ISO 8601 with this zone's offset, in whole seconds. */
  printWithOffset(instant: number): string {
    const offsetMinutes = this.offsetAt(instant) / 60_000;
    const sign = offsetMinutes < 0 ? "-" : "+";
    const hours = String(Math.trunc(Math.abs(offsetMinutes) / 60)).padStart(2, "0");
    const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, "0");
    return `${this.print(instant).replace(" ", "T")}${sign}${hours}:${minutes}`;
  }

  /** Reads `yyyy-MM-dd HH:mm:ss`, with or without a fraction, or ISO 8601 with an offset; null where the text is neither, or no real time. */
  parse(text: string): number | null {
    const [, second = text, fraction = "0"] = (text.length > WALL_LENGTH ? WITH_FRACTION.exec(text) : null) ?? [];
    const wall = readWall(second);
    return wall === null ? parseIso(text) : this.toInstant(wall) + Math.floor(Number(fraction) * 1000);
  }
}

/** The last date that was read, and its midnight: the times in an answer are mostly of one day. */
let lastDay = { date: "0000-00-00", midnight: Number.NaN };

/** Reads `yyyy-MM-dd HH:mm:ss` as the epoch milliseconds that it would be in UTC; null where the text is something else, or no real time. */
function readWall(text: string): number | null {
  if (text.length !== WALL_LENGTH || (text[10] !== " " && text[10] !== "T") || text[13] !== ":" || text[16] !== ":")
    return null;
  if (!text.startsWith(lastDay.date)) lastDay = { date: text.slice(0, 10), midnight: readMidnight(text.slice(0, 10)) };
  const [hour, minute, second] = [readTwoDigits(text, 11), readTwoDigits(text, 14), readTwoDigits(text, 17)];
  const wall = lastDay.midnight + ((hour * 60 + minute) * 60 + second) * 1000;
  return hour <= 23 && minute <= 59 && second <= 59 && !Number.isNaN(wall) ? wall : null;
}

/** Midnight of `yyyy-MM-dd` in UTC; `NaN` where there is no such day. */
function readMidnight(date: string): number {
  const midnight = DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  // `Date.parse` rolls 31 April over into May; a real date prints as it was read.
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date) ? midnight : Number.NaN;
}

/** `NaN` where they are no digits. */
function readTwoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - DIGIT_0, text.charCodeAt(at + 1) - DIGIT_0];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Reads ISO 8601 **with** an offset or `Z`; null where the text is something else, or no real time. */
export function parseIso(text: string): number | null {
  const match = ISO_WITH_OFFSET.exec(text);
  if (match === null) return null;
  if (Number.isNaN(readMidnight(match[1] ?? ""))) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** Offsets by the number of their span since 1970; null where the offset changes in it. */
type Offsets = Map<number, number | null>;

/** In a day whose ends have one offset it has not changed: in none of the time zone database's zones do two changes lie within 95 hours of each other. */
const DAY = 86_400_000;
/** Nearly every zone changes its offset on a quarter hour: but for that, one look-up serves the whole quarter. */
const QUARTER_HOUR = 900_000;
const MAX_KNOWN_SPANS = 50_000;
/** `yyyy-MM-dd HH:mm:ss` */
const WALL_LENGTH = 19;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DIGIT_0 = 48;
/** A wall-clock time, and a fraction of a second behind it. */
const WITH_FRACTION = /^(.{19})(\.\d{1,9})$/;
const ISO_WITH_OFFSET = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** Whether the runtime knows a zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    Zone.named(name);
    return true;
  } catch {
    return false;
  }
}
