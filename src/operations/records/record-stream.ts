import type { AccountReport, Report } from "../../model/account-report.js";
import type { CallRecord } from "../../model/call-record.js";
import { RequestError } from "../../model/errors.js";
import type { Batches } from "../../engine/lists/merge.js";

/** What a stream reads from. */
export interface StreamOrigin {
  /** Begins to read. */
  open(): Batches<CallRecord>;
  /** Counts a record that the consumer gets. */
  handOut(record: CallRecord): void;
  /** The consumer has gone on from a record: what it proves may be claimed. */
  take(record: CallRecord): void;
  /** The consumer takes nothing more. */
  leave(): void;
  /** Nothing of what was read has reached the consumer. */
  withdraw(): void;
  report(): AccountReport[];
}

/**
 * Call records as they are read: nothing is sent before the first is asked for, and no more is read ahead than a bounded buffer holds.
 * It can be read once, in one of three ways: `for await` over records, `batches()`, or `toArray({ max })`.
 */
export class RecordStream implements AsyncIterable<CallRecord> {
  private opened = false;

  /** @internal Streams are made by `client.records(…)`. */
  constructor(private readonly origin: StreamOrigin) {}

  private open(): Batches<CallRecord> {
    if (this.opened) throw new RequestError("A record stream can be read once. Call `records` again for another.");
    this.opened = true;
    return this.origin.open();
  }

  /**
   * Record by record.
   * @throws CallRecordsError of whichever class describes the first failure, unless failures are isolated.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<CallRecord, void, undefined> {
    try {
      for await (const batch of this.open()) {
        for (const record of batch) {
          this.origin.handOut(record);
          yield record;
          this.origin.take(record);
        }
      }
    } finally {
      this.origin.leave();
    }
  }

  /**
   * Records in batches of exactly `size`, but for the last.
   * @throws RequestError when `size` is no positive whole number; else as for single records.
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
          yield this.handOutAll(waiting);
          this.takeAll(waiting);
          waiting = [];
        }
      }
    } catch (error) {
      // What came before a failure is handed out before it is thrown: the report counts it as read.
      failure = { error };
    }
    if (waiting.length > 0) {
      yield this.handOutAll(waiting);
      this.takeAll(waiting);
    }
    if (failure !== null) throw failure.error;
  }

  private takeAll(records: readonly CallRecord[]): void {
    for (const record of records) this.origin.take(record);
  }

  private handOutAll(records: CallRecord[]): CallRecord[] {
    for (const record of records) this.origin.handOut(record);
    return records;
  }

  /**
   * All records at once, or none: after a failure the report claims nothing as read.
   * @throws RequestError when `max` is missing, or when there are more records than that: nothing is cut off silently.
   */
  async toArray(options: { max: number }): Promise<CallRecord[]> {
    // The type demands it; plain JavaScript may still leave it out.
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
    this.takeAll(this.handOutAll(records));
    return records;
  }

  /** What has been done so far for each account, and what that proves. At any time, also after a failure. Plain JSON. */
  report(): Report {
    return { accounts: this.origin.report() };
  }
}
