import type { MappedCall, MappedFoundCall } from "../../contract/provider.js";
import type { CallRecord, Direction, FoundCall } from "../../model/call-record.js";
import { ResponseError, RetentionError } from "../../model/errors.js";
import type { AccountSession } from "../account/account-session.js";
import type { Span } from "../lists/intervals.js";
import { earliestKept, planHistory, type PlannedWindow } from "../lists/list-plan.js";
import { Progress } from "../lists/progress.js";
import type { Call } from "./call.js";
import { type Batches, mergeAsTheyCome, mergeByTime } from "./merge.js";
import { matches } from "./phone-number.js";
import { inArrivalOrder, inStartOrder, openSource, type Source } from "./record-source.js";
import type { StreamOrigin } from "./record-stream.js";
import { strayStartWatch } from "./stray-start.js";

/** Which records are wanted, in which form. */
interface RecordsWanted {
  range: Span;
  direction: Direction | null;
  /** In its comparable form. */
  number: string | null;
  /** By provider id. */
  filters: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  order: "arrival" | "time";
  raw: boolean;
}

/** A window with more rows is read in parts. In time order all rows of an open window wait, so it is kept smaller. */
export const WINDOW_ROWS = { arrival: 25_000, time: 10_000 } as const;

/**
 * Plans the reading of call records of several accounts; nothing is sent before the stream is opened.
 * @throws RetentionError when the range begins before what an account keeps, and that was not consented to.
 */
export function openRecords(sessions: readonly AccountSession[], wanted: RecordsWanted, call: Call): StreamOrigin {
  const accounts = sessions.map((session) => planAccountRecords(session, wanted, call));
  const progressOf = new Map(accounts.map(({ progress }) => [progress.provider.account, progress]));
  return {
    handOut: ({ account }) => {
      const progress = progressOf.get(account);
      if (progress !== undefined) progress.rows += 1;
    },
    open: () => readTimed(() => merge(accounts.map((account) => account.read()), wanted.order, call), call),
    withdraw: () => {
      for (const { progress } of accounts) progress.withdraw();
    },
    report: () => accounts.map(({ progress }) => progress.report()),
  };
}

/**
 * Plans the reading of one account's records.
 * @throws RetentionError as `openRecords` does.
 */
export function planAccountRecords(session: AccountSession, wanted: RecordsWanted, call: Call): { progress: Progress; read: () => Batches<CallRecord> } {
  const { provider } = session;
  const { records } = provider.operations;
  refuseBeforeRetention(session, wanted.range.from, call);
  const { direction, range } = wanted;
  const filters = wanted.filters[provider.id] ?? {};
  const source = openSource(session, (at) => planHistory(provider, records, range, { now: at, filters, direction }), new Progress(provider, call.id));
  return { progress: source.progress, read: () => readAccount(source, wanted, call) };
}

/** @throws RetentionError when what begins there begins before what the account keeps, and that was not consented to. */
export function refuseBeforeRetention({ provider, clock }: AccountSession, from: number, call: Call): void {
  const { records } = provider.operations;
  const earliest = earliestKept(records, clock.now());
  if (earliest === null || from >= earliest || call.policy.beforeRetention === "clip") return;
  const limit = new Date(earliest).toISOString();
  throw new RetentionError(
    `${provider.account}: argument \`from\` is ${new Date(from).toISOString()}, but this vendor keeps call records since ${limit} only, and that moves on. Begin a little later than that, or pass \`beforeRetention: "clip"\`.`,
    { provider: provider.id, account: provider.account, operation: records.name },
  );
}

/** When a mapped call started. @throws ResponseError when that is no time: an adapter in plain JavaScript may map to anything. */
export function startOf(mapped: MappedCall, { provider: { id, account } }: AccountSession): number {
  const at = Number(mapped.startedAt);
  if (!Number.isNaN(at)) return at;
  throw new ResponseError(`${account}: the adapter maps the call ${mapped.id} to a start that is no time.`, { provider: id, account });
}

function readAccount(source: Source<MappedCall>, wanted: RecordsWanted, call: Call): Batches<CallRecord> {
  const { id, account } = source.session.provider;
  const watch = strayStartWatch(source);
  const finish = (mapped: MappedCall, raw: unknown, { window }: { window: PlannedWindow }): CallRecord | null => {
    const at = startOf(mapped, source.session);
    watch(mapped, at, window);
    if (at < wanted.range.from || at >= wanted.range.to || !matches(mapped, wanted)) return null;
    return recordOf(id, account, mapped, wanted.raw ? raw : undefined);
  };
  const { isolateFailures, unreadableRows } = call.policy;
  const policy = { isolateFailures, unreadableRows, prove: true, keysSpanWindows: true, windowRows: WINDOW_ROWS[wanted.order] };
  return call.account(source.progress, (abort) => {
    return wanted.order === "time"
      ? inStartOrder(source, policy, abort, finish)
      : inArrivalOrder(source, { ...policy, mayOpen: () => true }, abort, finish);
  });
}

/**
 * A mapped call as it is handed out. The vendor's own row is left out where it is undefined. Written field by field: objects that adapters make
 * differ in shape, and to spread such takes longer than to read the answer they came in.
 */
export function recordOf(provider: string, account: string, mapped: MappedCall, raw: unknown): CallRecord;
export function recordOf(provider: string, account: string, mapped: MappedFoundCall, raw: unknown): FoundCall;
export function recordOf(provider: string, account: string, mapped: MappedFoundCall, raw: unknown): FoundCall {
  const record: FoundCall = {
    provider,
    account,
    application: mapped.application,
    id: mapped.id,
    relatedIds: mapped.relatedIds,
    direction: mapped.direction,
    kind: mapped.kind,
    state: mapped.state,
    outcome: mapped.outcome,
    caller: mapped.caller,
    callee: mapped.callee,
    agent: mapped.agent,
    startedAt: mapped.startedAt,
    queuedAt: mapped.queuedAt,
    ringingAt: mapped.ringingAt,
    answeredAt: mapped.answeredAt,
    endedAt: mapped.endedAt,
    ringSeconds: mapped.ringSeconds,
    talkSeconds: mapped.talkSeconds,
    ivrSeconds: mapped.ivrSeconds,
    hangup: mapped.hangup,
    legs: mapped.legs,
    recordings: mapped.recordings,
    tags: mapped.tags,
    remark: mapped.remark,
    customData: mapped.customData,
    updatedAt: mapped.updatedAt,
  };
  if (raw !== undefined) record.raw = raw;
  return record;
}

function merge(batches: Batches<CallRecord>[], order: "arrival" | "time", call: Call): Batches<CallRecord> {
  return order === "time" ? mergeByTime(batches, (record) => record.startedAt.getTime(), call.stop) : mergeAsTheyCome(batches, call.stop);
}

/** The batches of a call, which ends with them. Nothing begins before the first is asked for. */
export async function* readTimed<Item>(open: () => Batches<Item>, call: Call): Batches<Item> {
  call.begin();
  const batches = open();
  try {
    for (let next = await call.timed(() => batches.next()); next.done !== true; next = await call.timed(() => batches.next())) yield next.value;
  } finally {
    call.stop();
    await batches.return();
  }
}
