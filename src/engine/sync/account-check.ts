import type { MappedCall } from "../../contract/provider.js";
import { CheckpointError } from "../../model/errors.js";
import { LinkedAbort } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import { inWindows, openSource } from "../calls/list-source.js";
import { startOf } from "../calls/mapped-call.js";
import { Intervals } from "../lists/intervals.js";
import { planGround, reachOf } from "../lists/list-plan.js";
import { Progress } from "../lists/progress.js";
import type { RowLimits } from "../lists/row-limits.js";
import { identityChange, identityOf } from "./account-identity.js";
import type { ContentHash } from "./content-hash.js";
import { keptKeyOf } from "./kept-key.js";
import type { RowRead } from "./row-comparison.js";
import type { SyncState } from "./sync-state.js";

/** So much of the newest calls that were delivered is looked for, in segments: a day. */
const MOST_SEGMENTS = 96;

/**
 * Finds out whether an endpoint or a key that has changed belongs to the same account. Keys are rotated, and endpoints move: the account is the same if the
 * vendor still lists one of the calls that were delivered last and may still come again. A call is recognised by its key, and by its content or its start.
 * Where no such call is left, nothing can be compared, and the change is only told.
 * @param progress counts the requests.
 * @throws CheckpointError when none of the calls is listed any more: what was delivered is another account's. CallRecordsError of whichever class describes
 * what failed.
 */
export async function checkAccount(session: AccountSession, state: SyncState, hash: ContentHash, limits: RowLimits, progress: Progress, abort: LinkedAbort): Promise<void> {
  const { provider, services } = session;
  const { account, operations } = provider;
  const { records } = operations;
  const [before, now] = [state.identityKept, identityOf(provider)];
  const change = identityChange(before, now);
  if (change !== null) {
    const segments = state.tailOf(records.partitions({}).map(({ application }) => application)).sort((a, b) => b.span.from - a.span.from).slice(0, MOST_SEGMENTS);
    const calls = segments.reduce((sum, { rows }) => sum + rows, 0);
    const compared = calls === 0 ? "No call is left to compare: make sure that it is the same account" : `The vendor's list is compared with ${calls} calls that were delivered`;
    services.emit({ type: "warning", account, operation: records.name, message: `${account}: ${change}. ${compared}.`, key: null, field: null });
    const range = Intervals.of(segments.map(({ span }) => span));
    if (calls > 0 && !(await isListed(session, state, hash, limits, range, progress, abort))) {
      throw new CheckpointError(
        `${account}: the checkpoint is of another account at the vendor: ${change}, and none of the ${calls} calls that were delivered last is on the vendor's list any more. Give each account a label and a checkpoint of its own, or use the former credentials. If it is the same account, and these calls were deleted there, begin with a new checkpoint.`,
        { provider: provider.id, account, operation: "sync" },
      );
    }
  }
  if (now !== null) state.keepIdentity({ endpoint: now.endpoint ?? before?.endpoint ?? null, publicKeyHash: now.publicKeyHash ?? before?.publicKeyHash ?? null });
}

/** Whether the vendor lists one of the calls in the tail that started in a range. */
async function isListed(session: AccountSession, state: SyncState, hash: ContentHash, limits: RowLimits, range: Intervals, progress: Progress, parent: LinkedAbort): Promise<boolean> {
  const { provider } = session;
  const { records } = provider.operations;
  // It ends as soon as one call is found: only this reading, not the pass.
  const abort = new LinkedAbort(parent.signal);
  const own = new Progress(provider, progress.invocation);
  const source = openSource(session, (now) => planGround(provider, records, { range, universe: range.widen(reachOf(records, provider)) }, { now }), own);
  const policy = { isolateFailures: false, unreadableRows: "report" as const, prove: false, splitsInDoubt: false, repeatedKeys: "deliver" as const, ...limits, startsNear: "anything" as const };
  const finish = (mapped: MappedCall, raw: unknown): RowRead => {
    const startedAt = startOf(mapped, session);
    return { key: keptKeyOf(mapped.id, session.clean), hash: hash.of(raw), startedAt, at: startedAt };
  };
  try {
    for await (const { partition, rows } of inWindows(source, policy, abort, finish)) {
      if (rows.some((row) => state.isSameCall(partition.application, row))) return true;
    }
    return false;
  } finally {
    abort.release();
    for (const name of ["requests", "retries", "throttles", "waitedMs"] as const) progress.counters[name] += own.counters[name];
  }
}
