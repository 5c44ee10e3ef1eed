import type { HttpResponse } from "../../contract/http.js";
import type { ListOperation, Page, Partition } from "../../contract/provider.js";
import { ResponseError } from "../../model/errors.js";
import type { Interval } from "../../model/interval.js";
import type { AccountSession } from "../account/account-session.js";
import { errorAbout } from "../account/failure.js";
import { CallTimes } from "./call-times.js";
import type { Span } from "./intervals.js";
import { readFields } from "./optional-fields.js";
import { digestOf } from "./row-digest.js";
import { TOO_DEEP, tooDeepFieldOf } from "./row-depth.js";
import { fieldOf, type SchemaFault, undocumented } from "./schema-fault.js";

/** A row of a page. */
export type ReadRow<Value> =
  | {
      key: string;
      unreadable: false;
      raw: unknown;
      value: Value;
      /** The start of its call, in epoch milliseconds; null for a row that is not a call, or has no start. */
      startedAt: number | null;
    }
  /** The row could not be read, and is only counted. */
  | { key: string; unreadable: true };

const ADVICE = ' Pass `unreadableRows: "report"` to skip such rows.';

/** Reads responses by the schemas of an operation. */
export class RowReader<Value> {
  private readonly times: CallTimes;

  constructor(
    private readonly session: AccountSession,
    private readonly operation: ListOperation<Value>,
    private readonly unreadableRows: "throw" | "report",
  ) {
    this.times = new CallTimes(session, operation);
  }

  /** @throws ResponseError that names the field if the envelope is not as the vendor documents. */
  readPage(response: HttpResponse, window: Interval | null): Page {
    const page = this.session.runAdapter("responseSchema", { operation: this.operation.name, window }, () =>
      this.operation.responseSchema.safeParse(response.body),
    );
    if (page.success) return page.data;
    throw this.undocumented("the response", page.error, window);
  }

  /**
   * @param near the bounds of the start of the call; null where there are none.
   * @throws ResponseError that names the row's key and field, unless unreadable rows are only reported.
   */
  readRow(raw: unknown, partition: Partition, window: Interval | null, near: Span | null): ReadRow<Value> {
    try {
      return this.parse(raw, partition, window, near);
    } catch (thrown) {
      const error = this.session.adapterError("row, key or map", { operation: this.operation.name, window }, thrown);
      if (!(error instanceof ResponseError) || this.unreadableRows === "throw") throw error;
      return this.report(raw, error, this.faultyFieldOf(raw));
    }
  }

  private parse(raw: unknown, partition: Partition, window: Interval | null, near: Span | null): ReadRow<Value> {
    const deepField = tooDeepFieldOf(raw);
    // Checked before the adapter's code runs, which may recurse.
    if (deepField !== null) return this.refuse(raw, { field: deepField, rule: TOO_DEEP }, window);
    const { read, fault } = readFields(this.operation.row, raw);
    if (read === null) throw this.undocumented(this.nameOf(raw), fault, window, ADVICE);
    const key = this.operation.key(read.row);
    const mapped = this.times.map(read, { key, window: near }, (checked) => this.operation.map(checked, { partition }));
    if (mapped.refusal !== null) return this.refuse(raw, mapped.refusal, window);
    if (mapped.value === undefined || mapped.value === null) throw new TypeError("`map` gave nothing");
    return { key, unreadable: false, raw, value: mapped.value, startedAt: startOf(mapped.value) };
  }

  private refuse(
    raw: unknown,
    { field, rule }: { field: string; rule: string },
    window: Interval | null,
  ): ReadRow<Value> {
    const error = this.error(`${this.nameOf(raw)}: field \`${this.session.clean(field)}\` ${rule}.${ADVICE}`, window);
    if (this.unreadableRows === "throw") throw error;
    return this.report(raw, error, field);
  }

  private nameOf(raw: unknown): string {
    return `the row ${this.keyOf(raw) ?? "without a readable key"}`;
  }

  private report(raw: unknown, { message }: ResponseError, field: string | null): ReadRow<Value> {
    const key = this.keyOf(raw);
    const { account } = this.session.provider;
    this.session.services.emit({
      type: "warning",
      account,
      operation: this.operation.name,
      message,
      key,
      field: field === null ? null : this.session.clean(field),
    });
    // A row without a key is identified by its content, so that it counts once when it is read again.
    return { key: `unreadable ${key ?? digestOf(raw)}`, unreadable: true };
  }

  /** The key of a row with unreadable fields, if the adapter's `key` still finds it. */
  private keyOf(raw: unknown): string | null {
    try {
      const key: unknown = this.operation.key(raw);
      const text = typeof key === "string" || typeof key === "number" ? this.session.clean(String(key)) : "";
      return text === "" ? null : text;
    } catch {
      return null;
    }
  }

  /** The required field that `row` does not accept; null if it accepts the row, so that the mapping failed. */
  private faultyFieldOf(raw: unknown): string | null {
    try {
      const { fault } = readFields(this.operation.row, raw);
      return fault === null ? null : fieldOf(fault);
    } catch {
      return null;
    }
  }

  private error(what: string, window: Interval | null): ResponseError {
    const errorContext = this.session.errorContext({ operation: this.operation.name, window });
    return errorAbout(ResponseError, errorContext, `: ${what}`);
  }

  private undocumented(what: string, fault: SchemaFault, window: Interval | null, advice = ""): ResponseError {
    return this.error(`${what} ${this.session.clean(undocumented(fault))}${advice}`, window);
  }
}

function startOf(value: unknown): number | null {
  const at =
    typeof value === "object" && value !== null && "startedAt" in value
      ? Number(value.startedAt ?? Number.NaN)
      : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
