const QUARTER_HOUR_MS = 900_000;

/** Converts instants to local times and back, in an IANA zone. */
export class WallClock {
  readonly #formatter: Intl.DateTimeFormat;
  /** Cached by quarter of an hour: no zone changes its offset within one, and Intl is slow for a million times. */
  readonly #offsets = new Map<number, number>();

  constructor(timeZone: string) {
    this.#formatter = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** Returns the zone's offset from UTC at this instant, in milliseconds. */
  offsetMsAt(instant: number): number {
    const quarter = Math.floor(instant / QUARTER_HOUR_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    const requested = quarter * QUARTER_HOUR_MS;
    for (const { type, value } of this.#formatter.formatToParts(requested)) parts[type] = Number(value);
    const local = Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute, parts.second);
    const offset = local - requested;
    this.#offsets.set(quarter, offset);
    return offset;
  }

  /** Returns the local time as a `Date` whose UTC fields are the local ones. */
  local(instant: number): Date {
    return new Date(instant + this.offsetMsAt(instant));
  }

  /** Returns the local time as `yyyy-MM-dd HH:mm:ss`. */
  text(instant: number): string {
    return this.local(instant).toISOString().slice(0, 19).replace("T", " ");
  }

  /** Returns the local day as `yyyy-MM-dd`. */
  day(instant: number): string {
    return this.text(instant).slice(0, 10);
  }

  /** Returns the instant of a local time whose fields are given as UTC. */
  instant(local: number): number {
    const guess = local - this.offsetMsAt(local);
    return local - this.offsetMsAt(guess);
  }

  /** Reads `yyyy-MM-dd HH:mm:ss`; null for other texts and for dates that do not exist. */
  parse(text: string): number | null {
    if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null;
    const local = Date.parse(`${text.replace(" ", "T")}Z`);
    if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19).replace("T", " ") !== text) return null;
    return this.instant(local);
  }

  /** Returns the first instant of the local day that contains this instant. */
  dayStart(instant: number): number {
    const local = instant + this.offsetMsAt(instant);
    return this.instant(local - (((local % 86_400_000) + 86_400_000) % 86_400_000));
  }

  /** Returns the first instant of the next local day. A day may have 23 or 25 hours. */
  nextDay(instant: number): number {
    return this.dayStart(this.dayStart(instant) + 36 * 3_600_000);
  }
}
