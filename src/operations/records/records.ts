import type { z } from "zod";
import type { PhoneText } from "../../contract/phone-text.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type { Provider } from "../../contract/provider.js";
import type { CallRecord, Direction } from "../../model/call-record.js";
import { RetentionError } from "../../model/errors.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { Span } from "../../engine/lists/intervals.js";
import { earliestKept } from "../../engine/lists/list-limits.js";
import { planHistory } from "../../engine/lists/list-plan.js";
import { Progress } from "../../engine/lists/progress.js";
import { type RowLimits, rowLimits } from "../../engine/lists/row-limits.js";
import { readRange } from "../arguments.js";
import { CallFilter } from "./call-filter.js";
import { type CallSelection, isSelected } from "./call-selection.js";
import { NumberFilter } from "./number-filter.js";
import { emptyStartCheck } from "../../engine/lists/empty-start.js";
import type { Invocation } from "../invocation.js";
import { inArrivalOrder, inStartOrder, openSource, type Source } from "../../engine/lists/list-source.js";
import { recordOf, startOf } from "../../engine/lists/mapped-call.js";
import { type Batches, mergeInArrivalOrder, mergeByTime } from "../../engine/lists/merge.js";
import { RecordStream, type StreamOrigin } from "./record-stream.js";
import { type Order, readFilters, type recordsSchema } from "./records-arguments.js";

/** The selection of records. */
interface RecordSelection {
  range: Span;
  direction: Direction | null;
  /** Null: all calls. */
  numbers: readonly PhoneText[] | null;
  /** Null: all calls. */
  fields: CallSelection | null;
  /** The vendors' filters, by provider id. */
  filters: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  order: Order;
  raw: boolean;
}

/**
 * Returns a stream of the call records of several accounts. No request is sent before it is read.
 * @param providers all providers of the client.
 * @throws RequestError when the range or a filter is invalid; RetentionError when the range begins before the retention of an account and
 * `beforeRetention` is `throw`.
 */
export function openRecords(
  sessions: readonly AccountSession[],
  args: z.output<typeof recordsSchema>,
  providers: readonly Provider[],
  invocation: Invocation,
): RecordStream {
  const { direction = null, number: numbers = null, order, raw } = args;
  const range = readRange("records", args);
  const filters = readFilters(args.providerFilters, providers);
  const wanted = { range, direction, numbers, fields: selectionOf(args), filters, order, raw };
  return new RecordStream(originOf(sessions, wanted, invocation));
}

function selectionOf(args: z.output<typeof recordsSchema>): CallSelection | null {
  const { outcome: outcomes = null, agent: agents = null, queue: queues = null, minTalkSeconds = null } = args;
  const selection = { outcomes, agents, queues, minTalkSeconds };
  return Object.values(selection).every((value) => value === null) ? null : selection;
}

function originOf(sessions: readonly AccountSession[], wanted: RecordSelection, invocation: Invocation): StreamOrigin {
  const limits = rowLimits(sessions.length, wanted.order !== "arrival");
  const accounts = sessions.map((session) => planAccountRecords(session, wanted, invocation, limits));
  const progressOf = new Map(accounts.map(({ progress }) => [progress.provider.account, progress]));
  return {
    deliver: ({ account }) => {
      const progress = progressOf.get(account);
      if (progress !== undefined) progress.rows += 1;
    },
    take: ({ account }) => progressOf.get(account)?.acknowledge(1),
    open: () => invocation.batches(() => merge(accounts.map(countBuffered), wanted.order, invocation)),
    leave: () => {
      for (const { progress } of accounts) progress.stopAcknowledging();
    },
    withdraw: () => {
      for (const { progress } of accounts) progress.withdraw();
    },
    report: () => accounts.map(({ progress }) => progress.report()),
  };
}

interface AccountRecords {
  progress: Progress;
  /** Returns the application of each list; null for a list without an application. */
  applications: () => (string | null)[];
  read: () => Batches<CallRecord>;
}

/** Yields the batches of an account, and counts their records until the consumer has read them. */
async function* countBuffered({ progress, read }: AccountRecords): Batches<CallRecord> {
  for await (const batch of read()) {
    progress.deliver(batch.length);
    yield batch;
  }
}

/**
 * Plans the reading of the records of one account.
 * @throws RetentionError as `openRecords` does.
 */
export function planAccountRecords(
  session: AccountSession,
  wanted: RecordSelection,
  invocation: Invocation,
  limits: RowLimits,
): AccountRecords {
  const { provider } = session;
  const { records } = provider.operations;
  checkRetention(session, wanted.range.from, invocation);
  const { direction, range } = wanted;
  const filters = wanted.filters[provider.id] ?? {};
  const numbers = wanted.numbers === null ? null : new NumberFilter(wanted.numbers, provider.defaultCountry ?? null);
  const source = openSource(
    session,
    (at) =>
      planHistory(provider, records, range, {
        now: at,
        latestNow: session.clock.vendorNow(),
        filters,
        direction,
        newestFirst: wanted.order === "newest",
        numbers: requestOf(numbers),
      }),
    new Progress(provider, invocation.id),
  );
  return {
    applications: () => source.plan.partitions.map(({ application }) => application),
    progress: source.progress,
    read: () => readAccount(source, wanted, numbers, invocation, limits),
  };
}

/** Returns the numbers for the vendor's own filter, if their countries are certain. */
function requestOf(numbers: NumberFilter | null) {
  const e164 = numbers?.requestable ?? null;
  if (numbers === null || e164 === null) return null;
  return { e164, mayHave: (call: MappedCall) => numbers.compareParties(call) !== "different" };
}

/** @throws RetentionError when `from` lies before the retention of the account, and `beforeRetention` is `throw`. */
export function checkRetention({ provider, clock }: AccountSession, from: number, invocation: Invocation): void {
  const { records } = provider.operations;
  const earliest = earliestKept(records, clock.now());
  if (earliest === null || from >= earliest || invocation.policy.beforeRetention === "clip") return;
  const limit = new Date(earliest).toISOString();
  throw new RetentionError(
    `${provider.account}: argument \`from\` is ${new Date(from).toISOString()}, but this vendor keeps call records since ${limit} only, and that moves on. Begin a little later than that, or pass \`beforeRetention: "clip"\`.`,
    { provider: provider.id, account: provider.account, operation: records.name },
  );
}

function readAccount(
  source: Source<MappedCall>,
  wanted: RecordSelection,
  numbers: NumberFilter | null,
  invocation: Invocation,
  limits: RowLimits,
): Batches<CallRecord> {
  const { operations } = source.session.provider;
  const emptyStart = emptyStartCheck(source);
  const filter = new CallFilter(source.session, source.progress, wanted.direction, numbers);
  const finish = (mapped: MappedCall, raw: unknown): CallRecord | null => {
    const at = startOf(mapped, source.session);
    emptyStart.see(at);
    if (at < wanted.range.from || at >= wanted.range.to || !filter.matches(mapped)) return null;
    const record = recordOf(source.session, operations.records.name, mapped, wanted.raw ? raw : undefined);
    return wanted.fields === null || isSelected(record, wanted.fields) ? record : null;
  };
  const { isolateFailures, unreadableRows } = invocation.policy;
  const policy = {
    isolateFailures,
    unreadableRows,
    verify: true,
    repeatedKeys: "deduplicate" as const,
    splitsUnverified: true,
    ...limits,
    startsNear: "window" as const,
  };
  return invocation.account(source.session, source.progress, (abort) => {
    filter.begin();
    const batches =
      wanted.order === "arrival"
        ? inArrivalOrder(source, { ...policy, mayOpen: () => true }, abort, finish)
        : inStartOrder(source, policy, abort, finish);
    return emptyStart.checkAfter(batches);
  });
}

function merge(batches: Batches<CallRecord>[], order: Order, invocation: Invocation): Batches<CallRecord> {
  if (order === "arrival") return mergeInArrivalOrder(batches, invocation.stop);
  const sign = order === "newest" ? -1 : 1;
  return mergeByTime(batches, (record) => sign * record.startedAt.getTime(), invocation.stop);
}
