import type { AccountReport, Report } from "../../model/account-report.js";
import type { CallRecord } from "../../model/call-record.js";
import { RequestError } from "../../model/errors.js";
import type { Batches } from "../../engine/lists/merge.js";

/** The source of a stream. */
export interface StreamOrigin {
  /** Starts the reading. */
  open(): Batches<CallRecord>;
  /** Counts a record that is delivered to the consumer. */
  deliver(record: CallRecord): void;
  /** Called when the consumer requests the next record. The last one then counts for `coverage`. */
  take(record: CallRecord): void;
  /** Called when the consumer stops reading. */
  leave(): void;
  /** Called when no record was delivered to the consumer. */
  withdraw(): void;
  report(): AccountReport[];
}

/**
 * A stream of call records. No request is sent before the first record is read. A limited number of records is read ahead. A stream can be read once, in one of
 * three ways: `for await` over records, `batches()`, or `toArray({ max })`.
 *
 * A stream never repeats a call. In the intervals of `coverage`, it delivers each call **exactly once**. Exception: if a vendor lists one id in two windows that
 * are not adjacent, both rows are delivered. A second stream delivers the calls again.
 */
export class RecordStream implements AsyncIterable<CallRecord> {
  private opened = false;

  /** @internal Streams are created by `client.records(…)`. */
  constructor(private readonly origin: StreamOrigin) {}

  private open(): Batches<CallRecord> {
    if (this.opened) throw new RequestError("A record stream can be read once. Call `records` again for another.");
    this.opened = true;
    return this.origin.open();
  }

  /**
   * Iterates over the records.
   * @throws the CallRecordsError of the first failure, unless failures are isolated.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<CallRecord, void, undefined> {
    try {
      for await (const batch of this.open()) {
        for (const record of batch) {
          this.origin.deliver(record);
          yield record;
          this.origin.take(record);
        }
      }
    } finally {
      this.origin.leave();
    }
  }

  /**
   * Iterates over batches of exactly `size` records. The last batch may be smaller.
   * @throws RequestError when `size` is not a positive integer; otherwise the errors of the iteration over records.
   */
  batches(size = 500): AsyncGenerator<CallRecord[], void, undefined> {
    if (!Number.isInteger(size) || size < 1)
      throw new RequestError("`batches`: argument `size` must be a positive whole number.");
    return this.rebatch(this.open(), size);
  }

  private async *rebatch(batches: Batches<CallRecord>, size: number): Batches<CallRecord> {
    try {
      yield* this.inSizes(batches, size);
    } finally {
      this.origin.leave();
    }
  }

  private async *inSizes(batches: Batches<CallRecord>, size: number): Batches<CallRecord> {
    let waiting: CallRecord[] = [];
    let failure: { error: unknown } | null = null;
    try {
      for await (const batch of batches) {
        for (const record of batch) {
          waiting.push(record);
          if (waiting.length < size) continue;
          yield this.deliverAll(waiting);
          this.takeAll(waiting);
          waiting = [];
        }
      }
    } catch (error) {
      // Records that were read before a failure are delivered before it is thrown, because the report counts them.
      failure = { error };
    }
    if (waiting.length > 0) {
      yield this.deliverAll(waiting);
      this.takeAll(waiting);
    }
    if (failure !== null) throw failure.error;
  }

  private takeAll(records: readonly CallRecord[]): void {
    for (const record of records) this.origin.take(record);
  }

  private deliverAll(records: CallRecord[]): CallRecord[] {
    for (const record of records) this.origin.deliver(record);
    return records;
  }

  /**
   * Returns all records as an array. If it throws, the report counts no record as read.
   * @param options `max`: the maximum number of records to hold in memory.
   * @throws RequestError when `max` is not a positive integer, or when there are more records; otherwise the errors of the iteration over records.
   */
  async toArray(options: { max: number }): Promise<CallRecord[]> {
    // The type requires it, but plain JavaScript may omit it.
    const max: unknown = (options as Partial<typeof options> | undefined)?.max;
    if (typeof max !== "number" || !Number.isInteger(max) || max < 1) {
      throw new RequestError(
        "`toArray`: argument `max` must be a positive whole number: the most records to hold in memory.",
      );
    }
    const records: CallRecord[] = [];
    const batches = this.open();
    try {
      for await (const batch of batches) {
        if (records.length + batch.length > max) {
          throw new RequestError(
            `\`toArray\`: there are more than \`max\` = ${max} records. Raise \`max\`, or read them one by one.`,
          );
        }
        for (const record of batch) records.push(record);
      }
    } catch (error) {
      this.origin.withdraw();
      throw error;
    } finally {
      this.origin.leave();
    }
    this.takeAll(this.deliverAll(records));
    return records;
  }

  /** Returns the current report of each account, as plain JSON. It can be called at any time, also after a failure. */
  report(): Report {
    return { accounts: this.origin.report() };
  }
}
