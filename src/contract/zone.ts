/** A period in which each local time occurs twice. */
export interface RepeatedPeriod {
  /** Its first instant, in epoch milliseconds. */
  from: number;
  /** The first instant after it, in epoch milliseconds. */
  to: number;
}

/**
 * Converts between instants and wall-clock times of an IANA zone. An instant is in epoch milliseconds. A wall-clock time is represented by the epoch
 * milliseconds of the same date and time in UTC.
 */
export class Zone {
  private readonly format: Intl.DateTimeFormat;
  private readonly days: Offsets = new Map();
  private readonly quarters: Offsets = new Map();

  /**
   * Creates a zone. Prefer {@link Zone.named}, which creates each zone once.
   * @param name IANA name, such as `Asia/Shanghai`.
   * @throws RangeError when the name is missing, or the runtime does not support the zone.
   */
  constructor(
    /** The IANA name. */
    readonly name: string,
  ) {
    // Without a name, the runtime silently uses the machine's zone. Plain JavaScript may omit it.
    if (typeof (name as unknown) !== "string") throw new RangeError("The name of a time zone must be a string.");
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
   * Returns the zone of an IANA name. It is the same object each time, and caches its offsets.
   * @throws RangeError when the runtime does not support the zone.
   */
  static named(name: string): Zone {
    const zone = Zone.known.get(name) ?? new Zone(name);
    Zone.known.set(name, zone);
    return zone;
  }

  /** Returns the milliseconds to add to UTC at an instant. */
  offsetAt(instant: number): number {
    return (
      this.offsetWithin(DAY_MS, this.days, instant) ??
      this.offsetWithin(QUARTER_HOUR_MS, this.quarters, instant) ??
      this.measureOffset(instant)
    );
  }

  /** Returns the offset in the span of the given length that contains an instant; null where the offset changes within the span. */
  private offsetWithin(lengthMs: number, known: Offsets, instant: number): number | null {
    const span = Math.floor(instant / lengthMs);
    const offset = known.get(span);
    return offset === undefined ? this.measureSpan(span, lengthMs, known) : offset;
  }

  private measureSpan(span: number, lengthMs: number, known: Offsets): number | null {
    const first = this.measureOffset(span * lengthMs);
    const last = this.measureOffset((span + 1) * lengthMs - 1000);
    const offset = first === last ? first : null;
    if (known.size >= MAX_KNOWN_SPANS) known.clear();
    known.set(span, offset);
    return offset;
  }

  private measureOffset(instant: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of this.format.formatToParts(instant)) parts[type] = value;
    const year = Number(parts.year) * (parts.era === "BC" ? -1 : 1) + (parts.era === "BC" ? 1 : 0);
    // `Date.UTC` would read the years 0 to 99 as 1900 to 1999.
    const wall = new Date(0).setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
    const time = ((Number(parts.hour) * 60 + Number(parts.minute)) * 60 + Number(parts.second)) * 1000;
    return wall + time - instant;
  }

  /** Returns the wall-clock time at an instant. */
  toWall(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  /** Returns the instant of a wall-clock time: the earlier one where the time occurs twice, and one after the gap where clocks are set forward over it. */
  toInstant(wall: number): number {
    const before = wall - this.offsetAt(wall - DAY_MS);
    const after = wall - this.offsetAt(wall + DAY_MS);
    const candidates = [Math.min(before, after), Math.max(before, after)];
    for (const candidate of candidates) if (this.toWall(candidate) === wall) return candidate;
    return Math.max(before, after);
  }

  /** Returns the later instant at which clocks show the same time, because they were set back; null where there is none. */
  repeatOf(instant: number): number | null {
    const shift = this.offsetAt(instant) - this.offsetAt(instant + DAY_MS);
    return shift > 0 && this.toWall(instant + shift) === this.toWall(instant) ? instant + shift : null;
  }

  /**
   * Returns the period around an instant in which each local time occurs twice, because clocks are set back within it: `[from, to)` in epoch milliseconds.
   * Returns null where the local time of the instant occurs once.
   */
  repeatedPeriod(instant: number): RepeatedPeriod | null {
    const [before, after] = [this.offsetAt(instant - DAY_MS), this.offsetAt(instant + DAY_MS)];
    const shift = before - after;
    if (shift <= 0) return null;
    let [low, high] = [instant - DAY_MS, instant + DAY_MS];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    return instant >= high - shift && instant < high + shift ? { from: high - shift, to: high + shift } : null;
  }

  /** Returns the first instant of the day that contains an instant. */
  startOfDay(instant: number): number {
    return this.dayAt(Math.floor(this.toWall(instant) / DAY_MS));
  }

  /** Returns the first instant of the day after the one that contains an instant. */
  nextDay(instant: number): number {
    const day = Math.floor(this.toWall(instant) / DAY_MS);
    const next = this.dayAt(day + 1);
    // Where clocks are set back over midnight shortly after it, the next day has already begun once before this instant.
    return next > instant ? next : this.dayAt(day + 2);
  }

  /** Returns the first instant of the month after the one that contains an instant. */
  nextMonth(instant: number): number {
    const wall = new Date(this.toWall(instant));
    return this.dayAt(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 1) / DAY_MS);
  }

  private dayAt(day: number): number {
    // Where clocks are set forward over midnight, `toInstant` returns the instant after the gap, which is the first of the day.
    return this.toInstant(day * DAY_MS);
  }

  /** Returns the wall-clock time at an instant as `yyyy-MM-dd HH:mm:ss`. */
  print(instant: number): string {
    return new Date(this.toWall(instant)).toISOString().slice(0, 19).replace("T", " ");
  }

  /** Returns an instant as ISO 8601 with this zone's offset, in whole seconds. */
  printWithOffset(instant: number): string {
    const offsetMinutes = this.offsetAt(instant) / 60_000;
    const sign = offsetMinutes < 0 ? "-" : "+";
    const hours = String(Math.trunc(Math.abs(offsetMinutes) / 60)).padStart(2, "0");
    const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, "0");
    return `${this.print(instant).replace(" ", "T")}${sign}${hours}:${minutes}`;
  }

  /**
   * Parses a time and returns its epoch milliseconds; null where the text is invalid. Accepts `yyyy-MM-dd HH:mm:ss` in this zone, with an optional fraction, and
   * ISO 8601 with an offset.
   */
  parse(text: string): number | null {
    const [, second = text, fraction = "0"] = (text.length > WALL_LENGTH ? WITH_FRACTION.exec(text) : null) ?? [];
    const wall = readWall(second);
    return wall === null ? parseIso(text) : this.toInstant(wall) + Math.floor(Number(fraction) * 1000);
  }
}

/** The last parsed date and its midnight, as a cache: most times in a response are of one day. */
let lastDay = { date: "0000-00-00", midnight: Number.NaN };

/** Parses `yyyy-MM-dd HH:mm:ss` to a wall-clock time; null where the text has another format, or is not a real time. */
function readWall(text: string): number | null {
  if (text.length !== WALL_LENGTH || (text[10] !== " " && text[10] !== "T") || text[13] !== ":" || text[16] !== ":")
    return null;
  if (!text.startsWith(lastDay.date)) lastDay = { date: text.slice(0, 10), midnight: readMidnight(text.slice(0, 10)) };
  const [hour, minute, second] = [readTwoDigits(text, 11), readTwoDigits(text, 14), readTwoDigits(text, 17)];
  const wall = lastDay.midnight + ((hour * 60 + minute) * 60 + second) * 1000;
  return hour <= 23 && minute <= 59 && second <= 59 && !Number.isNaN(wall) ? wall : null;
}

/** Returns midnight of `yyyy-MM-dd` in UTC, in epoch milliseconds; `NaN` where there is no such day. */
function readMidnight(date: string): number {
  const midnight = DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  // `Date.parse` converts 31 April to 1 May. Only a real date is formatted as the same text.
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date) ? midnight : Number.NaN;
}

/** Parses two digits; `NaN` where a character is not a digit. */
function readTwoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - DIGIT_0, text.charCodeAt(at + 1) - DIGIT_0];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Parses ISO 8601 **with** an offset or `Z` to epoch milliseconds; null where the text has another format, or is not a real time. */
export function parseIso(text: string): number | null {
  const match = ISO_WITH_OFFSET.exec(text);
  if (match === null) return null;
  if (Number.isNaN(readMidnight(match[1] ?? ""))) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** Offsets in milliseconds, by the number of their span since 1970; null where the offset changes within the span. */
type Offsets = Map<number, number | null>;

/** If a day begins and ends with the same offset, the offset did not change within it. In the time zone database, two changes are at least 95 hours apart. */
const DAY_MS = 86_400_000;
/** Nearly every zone changes its offset at a quarter of an hour, so that one look-up serves the whole quarter. */
const QUARTER_HOUR_MS = 900_000;
const MAX_KNOWN_SPANS = 50_000;
/** `yyyy-MM-dd HH:mm:ss` */
const WALL_LENGTH = 19;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DIGIT_0 = 48;
/** A wall-clock time, followed by a fraction of a second. */
const WITH_FRACTION = /^(.{19})(\.\d{1,9})$/;
const ISO_WITH_OFFSET = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** Whether the runtime supports a zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    Zone.named(name);
    return true;
  } catch {
    return false;
  }
}
