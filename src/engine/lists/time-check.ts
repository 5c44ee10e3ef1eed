import type { RowTimes } from "../../contract/row-times.js";
import type { Span } from "./intervals.js";
import { type Fields, instantOf, isNothing, isNoTime, TimeField } from "./time-field.js";

/** Vendors round durations, and count them from slightly different moments: times and durations that differ by no more agree. */
const AGREEMENT_MS = 60_000;
/** The most that `longestCallSeconds` may be. What seems longer is no call. */
const MAX_CALL_MS = 30 * 86_400_000;
/** A vendor's clock may be ahead of ours. */
const CLOCK_MARGIN_MS = 86_400_000;

/** An impossible value. */
export interface TimeFault {
  /** The field as it was declared. */
  path: string;
  /** The field with its place in a list. */
  field: string;
  /** What is wrong with it, as the end of a sentence about it. */
  rule: string;
}

/** What the times of one row amount to. */
export interface TimesRead {
  /** The row; a copy, with null in place of what is impossible, where anything is. */
  row: Fields;
  faults: readonly TimeFault[];
  /** How long the call may have lasted: the longest call, or longer where a duration of the vendor's confirms it. */
  mostMs: number;
  /** How long a call lasted that is longer than the longest call, as a duration of the vendor's confirms; else null. */
  longMs: number | null;
  /** What explains that a row is in its window which does not hold its start; else null. It may keep the row, and is null in it. */
  unverified: UnprovenEnd | null;
  /** What makes the start one that the row cannot be relied upon with; else null. */
  refusal: Pick<TimeFault, "field" | "rule"> | null;
}

/** An end of a call near the window of its row that no duration confirms. */
export interface UnprovenEnd {
  /** How long the call lasted by it. */
  ms: number;
  /** The fields that tell of a call so long, with their places in lists. */
  fields: readonly string[];
}

interface Context {
  /** What the row was asked for; null where that tells nothing of its start. */
  window: Span | null;
  /** How far, in milliseconds, the start may lie from the window. */
  marginMs: number;
  now: number;
  /** How long a call may last. */
  mostMs: number;
}

/** Takes a value that is impossible, and the rule that it breaks. */
type Blame = (field: TimeField, index: number | null, rule: string) => void;

interface Found {
  field: TimeField;
  index: number | null;
  at: number;
}

const NO_TIME = "holds something that is no time";
const NOT_POSITIVE = "is not after 1970";
const FAR =
  "lies farther from the start of the call than `longestCallSeconds`, and no duration confirms that the call lasted that long";
const NOT_NOW = "lies before the call, or in the future";
const MISPLACED =
  "lies farther than `longestCallSeconds` from the window in which the row was asked for, and nothing shows that the call lasted that long. Either the vendor's time is wrong or in another unit, or its clock or the account's `timeZone` is";
const NO_DURATION = "is no number of seconds, or a negative one";
/** The rule of a duration that no call has. */
export const TOO_LONG = "is longer than `longestCallSeconds`, and no times confirm that the call lasted that long";

/** Checks the times and durations of rows of one kind. */
export class TimeCheck {
  private readonly start: TimeField[];
  private readonly others: TimeField[];
  private readonly written: TimeField[];
  private readonly talk: TimeField[];
  private readonly durations: TimeField[];

  constructor({ start, others = [], written = [], talkSeconds = [], otherSeconds = [] }: RowTimes) {
    const fields = (paths: readonly string[]) => paths.map((path) => new TimeField(path));
    [this.start, this.others, this.written, this.talk, this.durations] = [
      fields(start),
      fields(others),
      fields(written),
      fields(talkSeconds),
      fields([...talkSeconds, ...otherSeconds]),
    ];
  }

  /** @param raw what the vendor wrote under the same names; undefined where the names are not the vendor's. */
  check(row: Fields, raw: unknown, context: Context): TimesRead {
    return this.isUsual(row, raw, context)
      ? { row, faults: NO_FAULTS, mostMs: context.mostMs, longMs: null, unverified: null, refusal: null }
      : this.look(row, raw, context);
  }

  /** Whether nothing about the row needs a closer look. */
  private isUsual(row: Fields, raw: unknown, { window, marginMs, now, mostMs }: Context): boolean {
    const [startField] = this.start;
    if (startField?.holdsTimes(row, raw, 1, Number.POSITIVE_INFINITY) !== true) return false;
    const start = startField.timeOf(row);
    if (start === null || (window !== null && !(start >= window.from - marginMs && start <= window.to + marginMs)))
      return false;
    const first = Math.max(1, start - mostMs);
    for (const field of this.others) if (!field.holdsTimes(row, raw, first, start + mostMs)) return false;
    for (const field of this.written) if (!field.holdsTimes(row, raw, first, now + CLOCK_MARGIN_MS)) return false;
    for (const field of this.durations) if (!field.holdsDuration(row, raw, mostMs)) return false;
    return true;
  }

  private look(row: Fields, raw: unknown, { window, marginMs, now, mostMs }: Context): TimesRead {
    const faults: TimeFault[] = [];
    const impossible: { of: TimeField; index: number | null }[] = [];
    const blame: Blame = (of, index, rule) => {
      faults.push({ path: of.path, field: of.named(index), rule });
      impossible.push({ of, index });
    };
    const [start, startField] = this.readStart(row, raw, blame);
    const near = [start];
    const late: Found[] = [];
    for (const field of this.others) {
      field.each(row, raw, (value, written, index) => {
        const at = instantOf(value);
        if (at === null) {
          if (!isNoTime(written)) blame(field, index, NO_TIME);
        } else if (!(at > 0)) blame(field, index, NOT_POSITIVE);
        else if (at - start > mostMs) late.push({ field, index, at });
        else if (start - at > mostMs) blame(field, index, FAR);
        else near.push(at);
      });
    }
    const place = window === null ? ANYWHERE : { from: window.from - marginMs, to: window.to + marginMs };
    const talks = this.talksOf(row);
    // What the call is does not depend on the window: only whether its row is kept does.
    const end = confirmedEnd(start, near, late, talks);
    const isBefore = Math.max(end ?? start, ...near) < place.from;
    // Where the row is not there for its start, it is for its end.
    const endNear =
      end === null && window !== null && start < window.from
        ? endWithin(isBefore ? place : window, start, late, talks)
        : null;
    const unprovenEnd = endNear !== null && endNear - start > mostMs ? endNear : null;
    const longMs = end === null ? null : end - start;
    const most = longMs === null ? mostMs : longMs + AGREEMENT_MS;

    const unverified: string[] = [];
    const distrust: Blame = (of, index, rule) => {
      if (unprovenEnd === null) {
        blame(of, index, rule);
        return;
      }
      unverified.push(of.named(index));
      impossible.push({ of, index });
    };
    for (const { field, index, at } of late) if (end === null || at > end + AGREEMENT_MS) distrust(field, index, FAR);
    this.checkDurations(row, raw, most, blame, distrust);
    for (const field of this.written) {
      field.each(row, raw, (value, written, index) => {
        const at = instantOf(value);
        if (at === null ? !isNoTime(written) : !(at > 0)) blame(field, index, at === null ? NO_TIME : NOT_POSITIVE);
        else if (at !== null && (start - at > most || at > now + CLOCK_MARGIN_MS)) blame(field, index, NOT_NOW);
      });
    }
    return {
      row: impossible.reduce(
        (cleared, { of, index }) => (this.start.includes(of) ? cleared : of.cleared(cleared, index)),
        row,
      ),
      faults,
      mostMs: most,
      longMs,
      unverified: unprovenEnd === null ? null : { ms: unprovenEnd - start, fields: unverified },
      refusal:
        start <= 0
          ? { field: startField, rule: NOT_POSITIVE }
          : start > place.to || (isBefore && endNear === null)
            ? { field: startField, rule: MISPLACED }
            : null,
    };
  }

  /** The start, with the name of its field: of several, the first that holds a time. */
  private readStart(row: Fields, raw: unknown, blame: Blame): [at: number, field: string] {
    const found: [at: number, field: string][] = [];
    for (const field of this.start) {
      field.each(row, raw, (value, written) => {
        const at = instantOf(value);
        if (at !== null) found.push([at, field.path]);
        else if (found.length === 0 && !isNoTime(written)) blame(field, null, NO_TIME);
      });
    }
    return found[0] ?? [Number.NaN, ""];
  }

  /** The talks, in milliseconds, as far as they can be any. */
  private talksOf(row: Fields): number[] {
    const talks: number[] = [];
    for (const field of this.talk) {
      field.each(row, undefined, (value) => {
        const talk = Number(value ?? 0) * 1000;
        if (talk > 0 && talk <= MAX_CALL_MS) talks.push(talk);
      });
    }
    return talks;
  }

  private checkDurations(row: Fields, raw: unknown, mostMs: number, blame: Blame, distrust: Blame): void {
    for (const field of this.durations) {
      field.each(row, raw, (value, written, index) => {
        if (value === null || value === undefined) {
          if (!isNothing(written)) blame(field, index, NO_DURATION);
        } else if (typeof value !== "number" || !(value >= 0)) blame(field, index, NO_DURATION);
        else if (value * 1000 > mostMs) distrust(field, index, TOO_LONG);
      });
    }
  }
}

/** The last time at which a talk of the vendor's, counted from a time near the start, ends; null where there is none. */
function confirmedEnd(
  start: number,
  near: readonly number[],
  late: readonly Found[],
  talks: readonly number[],
): number | null {
  const confirmed = late.filter(
    ({ at }) =>
      at - start <= MAX_CALL_MS &&
      talks.some((talk) => near.some((from) => Math.abs(at - from - talk) <= AGREEMENT_MS)),
  );
  return lastOf(confirmed.map(({ at }) => at));
}

/** The end, within a span, of a call that started before it, which explains that its row is there: told by a time that no talk contradicts, or by a talk. */
function endWithin(place: Span, start: number, late: readonly Found[], talks: readonly number[]): number | null {
  const ends = talks.length === 0 ? late.map(({ at }) => at) : talks.map((talk) => start + talk);
  return lastOf(ends.filter((at) => at >= place.from && at <= place.to && at - start <= MAX_CALL_MS));
}

const NO_FAULTS: readonly TimeFault[] = [];
const ANYWHERE: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

function lastOf(instants: readonly number[]): number | null {
  return instants.length === 0 ? null : Math.max(...instants);
}
