import type { ListOperation } from "../../contract/provider.js";
import type { RowTimes } from "../../contract/row-times.js";
import { ResponseError } from "../../model/errors.js";
import type { AccountSession } from "../account/account-session.js";
import { errorAbout } from "../account/failure.js";
import { withoutExcessiveDurations } from "./derived-durations.js";
import type { Span } from "./intervals.js";
import type { FieldsRead } from "./optional-fields.js";
import { AGREEMENT_MS, TimeCheck, type TimeFault, type TimesRead } from "./time-check.js";
import { type Fields, fieldsOf } from "./time-field.js";

/** The times and durations of a call as adapters map it. */
const MAPPED_TIMES: RowTimes = {
  start: ["startedAt"],
  others: [
    "queuedAt",
    "ringingAt",
    "answeredAt",
    "endedAt",
    "legs[].startedAt",
    "legs[].ringingAt",
    "legs[].answeredAt",
    "legs[].endedAt",
    "menuKeys[].at",
  ],
  written: ["updatedAt"],
  talkSeconds: ["talkSeconds", "legs[].talkSeconds"],
  otherSeconds: ["ringSeconds", "ivrSeconds"],
};

/** The position of a row. */
export interface RowPlace {
  /** The row's key; null where it has none. It may contain a secret, and is redacted only in messages. */
  key: string | null;
  /** The window of the row, if it limits the start of the call; else null. */
  window: Span | null;
}

/** A mapped row; or the field that cannot be read, and the rule that it breaks. */
export type MappedRow<Value> = { value: Value; refusal: null } | { refusal: Pick<TimeFault, "field" | "rule"> };

/**
 * Maps the rows of one operation during one client call. Impossible times and durations become null before other values are derived from them. Each field
 * causes one warning.
 */
export class CallTimes {
  private readonly rows: TimeCheck | null;
  private readonly mapped = new TimeCheck(MAPPED_TIMES);
  private readonly longestMs: number;
  private readonly warned = new Set<string>();

  constructor(
    private readonly session: AccountSession,
    private readonly operation: Pick<ListOperation<unknown>, "name" | "times">,
  ) {
    this.rows = operation.times === undefined ? null : new TimeCheck(operation.times);
    // The times of one call may come from different clocks.
    this.longestMs = Math.max(session.provider.longestCallSeconds * 1000, AGREEMENT_MS);
  }

  /** @param fieldsRead the row as the operation's schema reads it. */
  map<Value>(fieldsRead: FieldsRead<unknown>, at: RowPlace, map: (row: unknown) => Value): MappedRow<Value> {
    const { row, written, faults: unread } = fieldsRead;
    const fields = this.rows === null ? null : fieldsOf(row);
    const read = this.rows === null || fields === null ? null : this.check(this.rows, fields, written, at.window);
    // If the start is wrong, the fields far from it may be right.
    if (read !== null && read.refusal !== null) return { refusal: read.refusal };
    if (read !== null) this.warnTimes(read, at);
    const value = map(read?.row ?? row);
    const call = fieldsOf(value);
    const [firstUnread] = unread;
    // A vendor's count is not a call and has no times. Each of its numbers is billed, so none is omitted.
    if (call === null || !("startedAt" in call))
      return firstUnread === undefined ? { value, refusal: null } : { refusal: firstUnread };
    if (read !== null) {
      const { call: capped, faults } = withoutExcessiveDurations(call, read.maxMs);
      this.warnTimes({ faults, longMs: null, unverified: null }, at);
      this.warnUnread(unread, at);
      return { value: capped as Value, refusal: null };
    }
    const checked = this.check(this.mapped, call, undefined, at.window);
    if (checked.refusal !== null) return { refusal: checked.refusal };
    this.warnTimes(checked, at);
    this.warnUnread(unread, at);
    return { value: checked.row as Value, refusal: null };
  }

  /**
   * Maps a row that was not requested by time, as `map` does.
   * @throws ResponseError that names the field of an invalid start.
   */
  mapAnywhere<Value>(fieldsRead: FieldsRead<unknown>, key: string | null, map: (row: unknown) => Value): Value {
    const mapped = this.map(fieldsRead, { key, window: null }, map);
    if (mapped.refusal === null) return mapped.value;
    const errorContext = this.session.errorContext({ operation: this.operation.name, window: null });
    const { field, rule } = mapped.refusal;
    throw errorAbout(ResponseError, errorContext, `: ${this.nameOf(key)}: field \`${field}\` ${rule}.`);
  }

  private check(check: TimeCheck, fields: Fields, raw: unknown, window: Span | null): TimesRead {
    const { clock, provider } = this.session;
    return check.check(fields, raw, {
      window,
      marginMs: provider.longestCallSeconds * 1000,
      now: clock.latestNow(),
      maxMs: this.longestMs,
    });
  }

  private warnTimes(
    { faults, longMs, unverified }: Pick<TimesRead, "faults" | "longMs" | "unverified">,
    { key }: RowPlace,
  ): void {
    for (const { path, field, rule } of faults) {
      const words = `field \`${field}\` ${rule}. It is null in the call. Later rows with an impossible value in this field are not reported again`;
      this.warn(path, key, field, words);
    }
    if (longMs !== null) this.warn("a long call", key, null, `the call lasted ${this.longerThanLongest(longMs)}`);
    if (unverified === null) return;
    const { durationMs, fields } = unverified;
    const names = [...new Set(fields)].map((field) => `\`${field}\``).join(", ");
    const words = `the call started before the window in which its row was listed, and lasted into that window if ${names} is right. No duration and time together confirm it, so these fields are null in the call. If they are right, the call lasted ${this.longerThanLongest(durationMs)}. Later rows of this kind are not reported again`;
    this.warn("an unverified end", key, fields[0] ?? null, words);
  }

  private warnUnread(unread: readonly TimeFault[], { key }: RowPlace): void {
    for (const { path, field, rule } of unread) {
      const name = this.session.clean(field);
      const words = `field \`${name}\` ${this.session.clean(rule)}. The call is read without it. Later rows with such a value in this field are not reported again`;
      this.warn(path, key, name, words);
    }
  }

  private longerThanLongest(durationMs: number): string {
    const [seconds, longest] = [Math.ceil(durationMs / 1000), this.session.provider.longestCallSeconds];
    return `${seconds} s, which is longer than \`longestCallSeconds\` (${longest}). This option is the margin by which ranges are read wider. Set it to ${seconds} or more, or calls of that length may be missing at the edges of a range`;
  }

  /** @param path of the field, or another key of a warning that is emitted once. */
  private warn(path: string, key: string | null, field: string | null, words: string): void {
    if (this.warned.has(path)) return;
    this.warned.add(path);
    const { name: operation } = this.operation;
    this.session.warn(operation, `${operation}: ${this.nameOf(key)}: ${words}.`, {
      key: key === null ? null : this.session.clean(key),
      field,
    });
  }

  private nameOf(key: string | null): string {
    return key === null ? "the call" : `the row ${this.session.clean(key)}`;
  }
}
