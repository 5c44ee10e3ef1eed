import type { WindowRule } from "../../contract/provider.js";
import { Zone } from "../../contract/zone.js";
import type { Span } from "./intervals.js";

const UNIT_MS = { ms: 1, s: 1000 } as const;
/** A day of 25 hours. */
const LONGEST_DAY_MS = 90_000_000;
/** Clocks are set back by at most two hours, so that at most four hours of local time are repeated. */
const LONGEST_REPEATED_MS = 14_400_000;

/**
 * The windows that a vendor's rule allows. A window is a span in whole units. Neighbours meet and never overlap. The requested bounds (`bounds`) may
 * extend one unit further, so that no row is between two windows, whether the vendor's ends are inclusive or exclusive.
 */
export class WindowGrid {
  private readonly zone: Zone;

  constructor(
    private readonly rule: WindowRule,
    defaultTimeZone: string,
  ) {
    this.zone = Zone.named(rule.timeZone ?? defaultTimeZone);
  }

  /** The last boundary at or before an instant. */
  floor(instant: number): number {
    if (this.rule.unit === "day") return this.zone.startOfDay(instant);
    const unit = UNIT_MS[this.rule.unit];
    const boundary = Math.floor(instant / unit) * unit;
    const repeated = this.repeatedAround(boundary);
    return repeated === null ? boundary : repeated.from - unit;
  }

  /** The period that may contain no boundary, because its local time is repeated and therefore ambiguous. */
  private repeatedAround(boundary: number): Span | null {
    return this.rule.localTime === true ? this.zone.repeatedPeriod(boundary) : null;
  }

  /** The first unit boundary at or after an instant. */
  ceil(instant: number): number {
    const floor = this.floor(instant);
    return floor === instant ? floor : this.next(floor);
  }

  /** The first boundary from which a window requests nothing before an instant. */
  firstFrom(instant: number): number {
    const boundary = this.ceil(instant);
    return this.rule.end === "unknown" ? this.next(boundary) : boundary;
  }

  /** Maximum overlap of the requested bounds of two windows that meet, in milliseconds: one unit, and the repeated local time where it has no boundary. */
  get overlapMs(): number {
    if (this.rule.unit === "day") return LONGEST_DAY_MS;
    return UNIT_MS[this.rule.unit] + (this.rule.localTime === true ? LONGEST_REPEATED_MS : 0);
  }

  /** The next boundary after a boundary. */
  private next(boundary: number): number {
    if (this.rule.unit === "day") return this.zone.nextDay(boundary);
    const next = boundary + UNIT_MS[this.rule.unit];
    return this.repeatedAround(next)?.to ?? next;
  }

  /** The boundary before a boundary. */
  private previous(boundary: number): number {
    return this.floor(boundary - 1);
  }

  /** The two instants to request for a window. */
  bounds({ from, to }: Span): { start: Date; end: Date } {
    switch (this.rule.end) {
      case "exclusive":
        return { start: new Date(from), end: new Date(to) };
      case "inclusive":
        // For a day, its last second is sent. For a finer unit, the first instant of the next window is sent, because the times of rows may be finer than
        // the unit of the parameters. Rows in both windows are recognised by their keys.
        return { start: new Date(from), end: new Date(this.rule.unit === "day" ? to - 1000 : to) };
      case "unknown":
        return { start: new Date(this.previous(from)), end: new Date(to) };
    }
  }

  /** The last instant that a vendor may list for a window. If it is unknown whether the end is inclusive, an end that is a day may include that day. */
  lastOf(window: Span): number {
    const end = this.bounds(window).end.getTime();
    return this.rule.end === "unknown" ? this.ceil(end + 1) : end;
  }

  /** Returns windows that together cover a span, oldest first, each of the maximum length. */
  windowsOf(span: Span): Span[] {
    const windows: Span[] = [];
    const last = this.ceil(span.to);
    for (let from = this.floor(span.from); from < last;) {
      const to = Math.min(last, this.furthestEnd(from));
      windows.push({ from, to });
      from = to;
    }
    return windows;
  }

  private furthestEnd(from: number): number {
    const { start } = this.bounds({ from, to: from });
    const limit = start.getTime() + this.rule.maxSeconds * 1000;
    // In local time, a window is longer by the amount that clocks are set forward in it.
    const forward =
      this.rule.localTime === true ? Math.max(0, this.zone.offsetAt(limit) - this.zone.offsetAt(start.getTime())) : 0;
    const end = this.floor(this.rule.end === "inclusive" && this.rule.unit === "day" ? limit + 1000 : limit - forward);
    // A maximum below one unit cannot be obeyed, because a unit is the smallest window.
    return Math.max(end, this.next(from));
  }

  /** Divides a window into about `parts` equal parts, in whole units. It returns fewer where there are fewer units, and the window itself for one unit. */
  split(window: Span, parts: number): Span[] {
    const step = (window.to - window.from) / parts;
    const starts = [window.from];
    for (let part = 1; part < parts; part += 1) {
      const start = Math.max(this.floor(window.from + step * part), this.next(starts.at(-1) ?? window.from));
      if (start < window.to) starts.push(start);
    }
    return starts.map((from, index) => ({ from, to: starts[index + 1] ?? window.to }));
  }
}
