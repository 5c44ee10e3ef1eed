import { AGREEMENT_SECONDS } from "../../contract/duration.js";
import type { RowTimes } from "../../contract/row-times.js";
import type { Span } from "./intervals.js";
import { type Fields, instantOf, isNothing, isNoTime, TimeField } from "./time-field.js";

/** Maximum difference between a time and a duration that agree. */
export const AGREEMENT_MS = AGREEMENT_SECONDS * 1000;
/** Maximum of `longestCallSeconds`. A longer call is impossible. */
const MAX_CALL_MS = 30 * 86_400_000;
/** Tolerance for a vendor's clock that is ahead of this machine's clock. */
const CLOCK_MARGIN_MS = 86_400_000;

/** An impossible value. */
export interface TimeFault {
  /** The path of the field as it was declared. */
  path: string;
  /** The field with its index in a list. */
  field: string;
  /** The broken rule, as the end of a sentence about the field. */
  rule: string;
}

/** The result of checking the times of one row. */
export interface TimesRead {
  /** The row, or a copy in which impossible values are null. */
  row: Fields;
  faults: readonly TimeFault[];
  /** Maximum length of the call: the longest call, or longer if the vendor's duration confirms it. */
  maxMs: number;
  /** Length of a call that exceeds the longest call and that the vendor's duration confirms; else null. */
  longMs: number | null;
  /** The end that would explain why a window listed a row whose start is outside of it; else null. It keeps the row, and is null in it. */
  unverified: UnverifiedEnd | null;
  /** The fault of the start that makes the row unreadable; else null. */
  refusal: Pick<TimeFault, "field" | "rule"> | null;
}

/** An end of a call near the window of its row that no duration confirms. */
export interface UnverifiedEnd {
  /** Length of the call by this end. */
  durationMs: number;
  /** The fields that indicate this length, with their indexes in lists. */
  fields: readonly string[];
}

interface Context {
  /** The window of the row; null if it does not limit the start. */
  window: Span | null;
  /** Maximum distance of the start from the window, in milliseconds. */
  marginMs: number;
  /** The current time, by the clock that is farthest ahead. */
  now: number;
  /** Maximum length of a call. */
  maxMs: number;
}

/** Records an impossible value, and the rule that it breaks. */
type AddFault = (field: TimeField, index: number | null, rule: string) => void;

interface Found {
  field: TimeField;
  index: number | null;
  at: number;
}

const NO_TIME = "contains a value that is not a time";
const NOT_POSITIVE = "is not after 1970";
const FAR =
  "lies farther from the start of the call than `longestCallSeconds`, and no duration confirms that the call lasted that long";
const NOT_NOW = "lies before the call, or in the future";
const MISPLACED =
  "lies farther than `longestCallSeconds` from the window that listed the row, and nothing shows that the call lasted that long. The vendor's time may be wrong or in another unit, or its clock or the account's `timeZone` may be wrong";
const NO_DURATION = "is not a number of seconds, or is negative";
/** The rule that an impossible duration breaks. */
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

  /** @param raw the vendor's row under the same names; undefined where the names are not the vendor's. */
  check(row: Fields, raw: unknown, context: Context): TimesRead {
    return this.isNormal(row, raw, context)
      ? { row, faults: NO_FAULTS, maxMs: context.maxMs, longMs: null, unverified: null, refusal: null }
      : this.checkInDetail(row, raw, context);
  }

  /** Whether the row needs no detailed check. */
  private isNormal(row: Fields, raw: unknown, { window, marginMs, now, maxMs }: Context): boolean {
    const [startField] = this.start;
    if (startField?.holdsTimes(row, raw, 1, Number.POSITIVE_INFINITY) !== true) return false;
    const start = startField.timeOf(row);
    if (start === null || (window !== null && !(start >= window.from - marginMs && start <= window.to + marginMs)))
      return false;
    const first = Math.max(1, start - maxMs);
    for (const field of this.others) if (!field.holdsTimes(row, raw, first, start + maxMs)) return false;
    for (const field of this.written) if (!field.holdsTimes(row, raw, first, now + CLOCK_MARGIN_MS)) return false;
    for (const field of this.durations) if (!field.holdsDuration(row, raw, maxMs)) return false;
    return true;
  }

  private checkInDetail(row: Fields, raw: unknown, { window, marginMs, now, maxMs }: Context): TimesRead {
    const faults: TimeFault[] = [];
    const impossible: { of: TimeField; index: number | null }[] = [];
    const addFault: AddFault = (of, index, rule) => {
      faults.push({ path: of.path, field: of.named(index), rule });
      impossible.push({ of, index });
    };
    const [start, startField] = this.readStart(row, raw, addFault);
    const near = [start];
    const distant: Found[] = [];
    for (const field of this.others) {
      field.each(row, raw, (value, written, index) => {
        const at = instantOf(value);
        if (at === null) {
          if (!isNoTime(written)) addFault(field, index, NO_TIME);
        } else if (!(at > 0)) addFault(field, index, NOT_POSITIVE);
        else if (at - start > maxMs) distant.push({ field, index, at });
        else if (start - at > maxMs) addFault(field, index, FAR);
        else near.push(at);
      });
    }
    const place = window === null ? ANYWHERE : { from: window.from - marginMs, to: window.to + marginMs };
    const talks = this.talksOf(row);
    // The content of the call does not depend on the window. The window decides only whether the row is kept.
    const end = confirmedEnd(start, near, distant, talks);
    const isBefore = Math.max(end ?? start, ...near) < place.from;
    // A row that is not listed for its start is listed for its end.
    const endNear =
      end === null && window !== null && start < window.from
        ? endWithin(isBefore ? place : window, start, distant, talks)
        : null;
    const unverifiedEnd = endNear !== null && endNear - start > maxMs ? endNear : null;
    const longMs = end === null ? null : end - start;
    const most = longMs === null ? maxMs : longMs + AGREEMENT_MS;

    const unverified: string[] = [];
    const addUnverified: AddFault = (of, index, rule) => {
      if (unverifiedEnd === null) {
        addFault(of, index, rule);
        return;
      }
      unverified.push(of.named(index));
      impossible.push({ of, index });
    };
    for (const { field, index, at } of distant)
      if (end === null || at > end + AGREEMENT_MS) addUnverified(field, index, FAR);
    this.checkDurations(row, raw, most, addFault, addUnverified);
    for (const field of this.written) {
      field.each(row, raw, (value, written, index) => {
        const at = instantOf(value);
        if (at === null ? !isNoTime(written) : !(at > 0)) addFault(field, index, at === null ? NO_TIME : NOT_POSITIVE);
        else if (at !== null && (start - at > most || at > now + CLOCK_MARGIN_MS)) addFault(field, index, NOT_NOW);
      });
    }
    return {
      row: impossible.reduce(
        (cleared, { of, index }) => (this.start.includes(of) ? cleared : of.cleared(cleared, index)),
        row,
      ),
      faults,
      maxMs: most,
      longMs,
      unverified: unverifiedEnd === null ? null : { durationMs: unverifiedEnd - start, fields: unverified },
      refusal:
        start <= 0
          ? { field: startField, rule: NOT_POSITIVE }
          : start > place.to || (isBefore && endNear === null)
            ? { field: startField, rule: MISPLACED }
            : null,
    };
  }

  /** The start and its field. Of several fields, the first with a time counts. */
  private readStart(row: Fields, raw: unknown, addFault: AddFault): [at: number, field: string] {
    const found: [at: number, field: string][] = [];
    for (const field of this.start) {
      field.each(row, raw, (value, written) => {
        const at = instantOf(value);
        if (at !== null) found.push([at, field.path]);
        else if (found.length === 0 && !isNoTime(written)) addFault(field, null, NO_TIME);
      });
    }
    return found[0] ?? [Number.NaN, ""];
  }

  /** The possible talk durations, in milliseconds. */
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

  private checkDurations(row: Fields, raw: unknown, maxMs: number, addFault: AddFault, addUnverified: AddFault): void {
    for (const field of this.durations) {
      field.each(row, raw, (value, written, index) => {
        if (value === null || value === undefined) {
          if (!isNothing(written)) addFault(field, index, NO_DURATION);
        } else if (typeof value !== "number" || !(value >= 0)) addFault(field, index, NO_DURATION);
        else if (value * 1000 > maxMs) addUnverified(field, index, TOO_LONG);
      });
    }
  }
}

/** The last time that equals the end of a talk that began at a time near the start; null where there is none. */
function confirmedEnd(
  start: number,
  near: readonly number[],
  distant: readonly Found[],
  talks: readonly number[],
): number | null {
  const confirmed = distant.filter(
    ({ at }) =>
      at - start <= MAX_CALL_MS &&
      talks.some((talk) => near.some((from) => Math.abs(at - from - talk) <= AGREEMENT_MS)),
  );
  return lastOf(confirmed.map(({ at }) => at));
}

/** The end, within a span, of a call that started before it. It comes from a talk duration, or from a time if there is no talk duration. */
function endWithin(place: Span, start: number, distant: readonly Found[], talks: readonly number[]): number | null {
  const ends = talks.length === 0 ? distant.map(({ at }) => at) : talks.map((talk) => start + talk);
  return lastOf(ends.filter((at) => at >= place.from && at <= place.to && at - start <= MAX_CALL_MS));
}

const NO_FAULTS: readonly TimeFault[] = [];
const ANYWHERE: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

function lastOf(instants: readonly number[]): number | null {
  return instants.length === 0 ? null : Math.max(...instants);
}
