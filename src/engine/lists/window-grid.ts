import type { WindowRule } from "../../contract/provider.js";
import { Zone } from "../../contract/zone.js";
import type { Span } from "./intervals.js";

const UNIT_MS = { ms: 1, s: 1000 } as const;
/** A day of 25 hours. */
const LONGEST_DAY_MS = 90_000_000;
/** Clocks are set back by two hours at the most: local time occurs twice for four. */
const LONGEST_REPEATED_MS = 14_400_000;

/**
 * The windows that a vendor's rule allows. A window is the span that it answers for, in whole units; neighbours meet and never overlap.
 * What is sent for it (`bounds`) may reach a unit further, so that nothing falls between two windows whichever way the vendor reads their ends.
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

  /** The period in which no boundary may lie, because the local time that would be sent for it occurs twice. */
  private repeatedAround(boundary: number): Span | null {
    return this.rule.localTime === true ? this.zone.repeatedPeriod(boundary) : null;
  }

  /** The first unit boundary at or after an instant. */
  ceil(instant: number): number {
    const floor = this.floor(instant);
    return floor === instant ? floor : this.next(floor);
  }

  /** The first boundary at which a window may begin without anything before an instant being asked for. */
  firstFrom(instant: number): number {
    const boundary = this.ceil(instant);
    return this.rule.end === "unknown" ? this.next(boundary) : boundary;
  }

  /**
   * By how much, in milliseconds, what is sent for two windows that meet may overlap: one unit, and the time that occurs twice where
   * boundaries keep out of it.
   */
  get overlapMs(): number {
    if (this.rule.unit === "day") return LONGEST_DAY_MS;
    return UNIT_MS[this.rule.unit] + (this.rule.localTime === true ? LONGEST_REPEATED_MS : 0);
  }

  /** The boundary after a boundary. */
  private next(boundary: number): number {
    if (this.rule.unit === "day") return this.zone.nextDay(boundary);
    const next = boundary + UNIT_MS[this.rule.unit];
    return this.repeatedAround(next)?.to ?? next;
  }

  /** A unit further back than a boundary. */
  private previous(boundary: number): number {
    return this.floor(boundary - 1);
  }

  /** The two instants to send for a window. */
  bounds({ from, to }: Span): { start: Date; end: Date } {
    switch (this.rule.end) {
      case "exclusive":
        return { start: new Date(from), end: new Date(to) };
      case "inclusive":
        // Of a day the last second is sent. Of a finer unit the next window's first instant: rows may be finer than the unit that the
        // parameters are written in, and those in the last unit must not fall between; what comes twice is recognised by its key.
        return { start: new Date(from), end: new Date(this.rule.unit === "day" ? to - 1000 : to) };
      case "unknown":
        return { start: new Date(this.previous(from)), end: new Date(to) };
    }
  }

  /** The last instant that a vendor may list for a window: an end that is a day may mean all of that day, where it is not known whether it is inclusive. */
  lastOf(window: Span): number {
    const end = this.bounds(window).end.getTime();
    return this.rule.end === "unknown" ? this.ceil(end + 1) : end;
  }

  /** Windows that together cover a span, oldest first, each as long as the rule allows. */
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
    // By the clock on the wall, a window is longer by what the clocks are set forward in it.
    const forward =
      this.rule.localTime === true ? Math.max(0, this.zone.offsetAt(limit) - this.zone.offsetAt(start.getTime())) : 0;
    const windowMarginMs = this.floor(
      this.rule.end === "inclusive" && this.rule.unit === "day" ? limit + 1000 : limit - forward,
    );
    // A maximum below one unit cannot be obeyed: the unit is the least that can be asked for.
    return Math.max(windowMarginMs, this.next(from));
  }

  /** A window in about so many equal parts, in whole units; fewer where it has fewer units, and itself where it is one unit. */
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
