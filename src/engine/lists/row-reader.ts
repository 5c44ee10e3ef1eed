import type { HttpResponse } from "../../contract/http.js";
import type { ListOperation, Page, Partition } from "../../contract/provider.js";
import { ResponseError } from "../../model/errors.js";
import type { Interval } from "../../model/interval.js";
import type { AccountSession } from "../account/account-session.js";
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
      /** When its call started, in epoch milliseconds; null of what is no call, or has no start. */
      startedAt: number | null;
    }
  /** The row could not be understood, and is only counted. */
  | { key: string; unreadable: true };

const ADVICE = ' Pass `unreadableRows: "report"` to go on without such rows.';

/** Reads answers by an operation's schemas. */
export class RowReader<Value> {
  private readonly times: CallTimes;

  constructor(
    private readonly session: AccountSession,
    private readonly operation: ListOperation<Value>,
    private readonly unreadableRows: "throw" | "report",
  ) {
    this.times = new CallTimes(session, operation);
  }

  /** @throws ResponseError naming the field, when the envelope is not what the vendor documents. */
  readPage(response: HttpResponse, window: Interval | null): Page {
    const page = this.session.runAdapter("answer", { operation: this.operation.name, window }, () =>
      this.operation.responseSchema.safeParse(response.body),
    );
    if (page.success) return page.data;
    throw this.error("the answer", page.error, window);
  }

  /**
   * @param near what the row was asked for, as far as that tells where its start lies; else null.
   * @throws ResponseError naming the row's key and field, unless unreadable rows are to be reported only.
   */
  readRow(raw: unknown, partition: Partition, window: Interval | null, near: Span | null): ReadRow<Value> {
    try {
      return this.understand(raw, partition, window, near);
    } catch (thrown) {
      const error = this.session.adapterError("row, key or map", { operation: this.operation.name, window }, thrown);
      if (!(error instanceof ResponseError) || this.unreadableRows === "throw") throw error;
      return this.report(raw, error, this.faultyFieldOf(raw));
    }
  }

  private understand(raw: unknown, partition: Partition, window: Interval | null, near: Span | null): ReadRow<Value> {
    const deepField = tooDeepFieldOf(raw);
    // Before the adapter sees it, whose code may recurse.
    if (deepField !== null) return this.refuse(raw, { field: deepField, rule: TOO_DEEP }, window);
    const { read, fault } = readFields(this.operation.row, raw);
    if (read === null) throw this.error(this.nameOf(raw), fault, window, ADVICE);
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
    const { account } = this.session.provider;
    const { name: operation } = this.operation;
    const error = new ResponseError(
      `${account}: ${operation}: ${this.nameOf(raw)}: field \`${this.session.clean(field)}\` ${rule}.${ADVICE}`,
      this.session.errorContext({ operation, window }),
    );
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
    // Without a key of its own, the row is known by its content: read again, it is still one row.
    return { key: `unreadable ${key ?? digestOf(raw)}`, unreadable: true };
  }

  /** The key of a row whose other fields cannot be read, where an adapter's `key` finds it all the same. */
  private keyOf(raw: unknown): string | null {
    try {
      const key: unknown = this.operation.key(raw);
      const text = typeof key === "string" || typeof key === "number" ? this.session.clean(String(key)) : "";
      return text === "" ? null : text;
    } catch {
      return null;
    }
  }

  /** The field that `row` cannot do without; null where it accepts all, and the row fails to be mapped. */
  private faultyFieldOf(raw: unknown): string | null {
    try {
      const { fault } = readFields(this.operation.row, raw);
      return fault === null ? null : fieldOf(fault);
    } catch {
      return null;
    }
  }

  private error(what: string, fault: SchemaFault, window: Interval | null, advice = ""): ResponseError {
    const { account } = this.session.provider;
    return new ResponseError(
      `${account}: ${this.operation.name}: ${what} ${this.session.clean(undocumented(fault))}${advice}`,
      this.session.errorContext({ operation: this.operation.name, window }),
    );
  }
}

function startOf(value: unknown): number | null {
  const at =
    typeof value === "object" && value !== null && "startedAt" in value
      ? Number(value.startedAt ?? Number.NaN)
      : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
