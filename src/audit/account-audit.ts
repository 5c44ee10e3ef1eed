import type { CallRecordsClient } from "../client.js";
import type { Span } from "../engine/lists/intervals.js";
import { callKey } from "../model/call-key.js";
import type { CallRecord } from "../model/call-record.js";
import type { CallKeyParts, ReadCall } from "../model/stored-call.js";
import type { RecordsArguments } from "../operations/records/records-arguments.js";
import type { SyncChange } from "../operations/sync/sync-batch.js";
import type { AuditResult } from "./audit-result.js";
import type { AuditSession } from "./audit-session.js";
import { chunksOf } from "./call-chunks.js";
import { differingFields } from "./compare-call.js";
import { SegmentLength } from "./segment-length.js";

/** The number of calls that are compared at once. */
const CHUNK = 1_000;

export interface AuditOptions {
  repair: boolean;
  /** The arguments of `records`, without the range, the account and the order. */
  reading: Omit<RecordsArguments, "from" | "to" | "accounts" | "order">;
  /** Is called after each comparison. */
  onProgress: () => void;
}

/** A call of the vendor, and the form in which the destination stores it. */
interface ListedCall {
  call: CallRecord;
  form: CallRecord;
}

/**
 * Compares the calls of one account. The range is read in segments, each with one stream of calls in order of time. A stored call that is not listed is known to be
 * delisted at the end of its segment, when the report of the stream has verified the list.
 */
export class AccountAudit {
  /** The stored calls of the segment that are not listed, by key. */
  private unlisted = new Map<string, CallKeyParts & { startedAt: Date }>();
  /** Keys of calls that are listed with an earlier start than they are stored with. */
  private readonly listedEarlier = new Set<string>();
  /** The number of stored calls in the segment. */
  private stored = 0;

  constructor(
    private readonly client: Pick<CallRecordsClient, "records">,
    private readonly session: AuditSession,
    private readonly result: AuditResult,
    private readonly options: AuditOptions,
  ) {}

  async run(): Promise<void> {
    const length = new SegmentLength();
    for (const span of this.result.ranges.toCompare.spans)
      for (let { from } = span; from < span.to;) {
        const segment = { from, to: Math.min(span.to, from + length.ms) };
        const before = this.result.counts.calls;
        await this.compareSegment(segment);
        length.adapt(Math.max(this.stored, this.result.counts.calls - before));
        from = segment.to;
      }
  }

  private async compareSegment(segment: Span): Promise<void> {
    this.unlisted = new Map();
    this.stored = 0;
    const { account } = this.result.owner;
    const stream = this.client.records({
      ...this.options.reading,
      from: new Date(segment.from),
      to: new Date(segment.to),
      accounts: [account],
      order: "time",
    });
    for await (const { calls, span } of chunksOf(stream, segment, CHUNK)) await this.compareChunk(calls, span);
    for (const report of stream.report().accounts) {
      this.result.counts.requests += report.requests;
      this.result.note(report.error);
      const verified = this.result.ranges.add(segment, report);
      await this.delist([...this.unlisted.values()].filter(({ startedAt }) => verified.holds(startedAt.getTime())));
    }
    this.options.onProgress();
  }

  private async compareChunk(calls: readonly CallRecord[], span: Span): Promise<void> {
    const forms = (await this.session.asStored?.(calls)) ?? calls;
    const listed = new Map(calls.map((call, index) => [callKey(call), { call, form: forms[index] ?? null }]));
    // A call that the destination does not store is not missing.
    const pending = new Map<string, ListedCall>();
    for (const [key, { call, form }] of listed) if (form !== null) pending.set(key, { call, form });
    this.result.counts.forgotten += listed.size - pending.size;
    const repairs: SyncChange[] = [];
    for await (const stored of this.session.readCalls({ from: new Date(span.from), to: new Date(span.to) })) {
      const key = callKey(stored);
      this.stored += 1;
      const expected = pending.get(key);
      if (expected !== undefined) {
        pending.delete(key);
        this.compareCall(stored, expected, repairs);
      } else if (listed.has(key)) continue;
      else if (!this.listedEarlier.delete(key) && stored.delistedAt === null) {
        const { account, application, id, startedAt } = stored;
        this.unlisted.set(key, { account, application, id, startedAt });
      }
    }
    if (pending.size > 0) await this.compareElsewhere(pending, span, repairs);
    for (const { call } of pending.values()) {
      this.note("missing", call);
      repairs.push({ type: "new", record: call });
    }
    this.result.counts.calls += listed.size;
    if (this.options.repair && repairs.length > 0) {
      // The checkpoint stays as it is: these calls are complete for the sync, which reads none of them again.
      await this.session.write?.(repairs, {});
      this.result.counts.repaired += repairs.length;
    }
    this.options.onProgress();
  }

  /** Compares listed calls that are stored with another start, and removes them from `pending`. */
  private async compareElsewhere(pending: Map<string, ListedCall>, span: Span, repairs: SyncChange[]): Promise<void> {
    const keys = Array.from(pending.values(), ({ call }) => call);
    for await (const stored of this.session.readCalls({ keys })) {
      const key = callKey(stored);
      const call = pending.get(key);
      if (call === undefined) continue;
      pending.delete(key);
      this.unlisted.delete(key);
      // A repair stores it with the listed start.
      if (!this.options.repair && stored.startedAt.getTime() >= span.to) this.listedEarlier.add(key);
      this.compareCall(stored, call, repairs);
    }
  }

  private compareCall(stored: ReadCall, { call, form }: ListedCall, repairs: SyncChange[]): void {
    const fields = differingFields(stored, form);
    if (stored.delistedAt !== null) fields.push("delistedAt");
    if (fields.length === 0) return;
    this.note("changed", call, fields);
    repairs.push({ type: "updated", record: call });
  }

  private async delist(calls: readonly (CallKeyParts & { startedAt: Date })[]): Promise<void> {
    for (const call of calls) this.note("delisted", call);
    if (!this.options.repair || calls.length === 0) return;
    await this.session.markDelisted?.(calls);
    this.result.counts.repaired += calls.length;
  }

  private note(
    type: "missing" | "changed" | "delisted",
    { application, id, startedAt }: CallKeyParts & { startedAt: Date },
    fields: string[] = [],
  ): void {
    this.result.add({ type, application, id, startedAt: startedAt.toISOString(), fields });
  }
}
