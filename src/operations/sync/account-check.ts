import type { MappedCall } from "../../contract/mapped-call.js";
import { type CallRecordsError, CheckpointError } from "../../model/errors.js";
import { LinkedAbort } from "../../engine/account/abort.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { inWindows, openSource, type WaitingPolicy } from "../../engine/lists/list-source.js";
import { startOf } from "../../engine/lists/mapped-call.js";
import type { UnverifiedWindow } from "../../engine/lists/coverage.js";
import { Intervals, type Span } from "../../engine/lists/intervals.js";
import { oldestReadable, windowMarginMsOf } from "../../engine/lists/list-limits.js";
import { planRanges } from "../../engine/lists/list-plan.js";
import { Progress } from "../../engine/lists/progress.js";
import type { RowLimits } from "../../engine/lists/row-limits.js";
import { identityChange, identityOf } from "./account-identity.js";
import type { ContentHash } from "./content-hash.js";
import { checkpointKeyOf } from "./checkpoint-key.js";
import type { ReadRow } from "./row-comparison.js";
import type { SyncState } from "./sync-state.js";

/** Number of segments of the newest delivered calls to search for: one day. */
const MAX_SEGMENTS = 96;
/** Maximum difference of two time zones. Times that were read under another zone are wrong by their difference. */
const MAX_ZONE_DIFFERENCE_MS = 26 * 3_600_000;

/** How to search for the calls that were delivered last. */
interface CheckOptions {
  limits: RowLimits;
  /** Whether the pass continues with a warning when the calls cannot be compared because their windows fail. */
  isolateFailures: boolean;
}

/** The result of the search for the calls that were delivered last. */
interface Comparison {
  /** Whether one of the calls is listed. */
  found: boolean;
  /** Number of calls that are not listed, although the windows in which they should be were read. */
  gone: number;
  /** Whether a window failed, or contained unreadable rows. */
  failed: boolean;
  /** The first error of a window; null when none failed. */
  failure: CallRecordsError | null;
}

/**
 * Checks whether a changed endpoint or key belongs to the same account. Keys are rotated and endpoints move. The account is the same if the vendor still lists
 * one of the calls that were delivered last and are not complete. A call is recognised by its key together with its content or its start. When there is no such
 * call, nothing can be compared, and a warning reports the change. When their windows fail, they are compared in the next pass.
 * @param progress counts the requests.
 * @throws CheckpointError when none of the calls is listed, because they belong to another account; CallRecordsError of the class of the failure, when nothing
 * could be compared and failures are not isolated.
 */
export async function checkAccount(
  session: AccountSession,
  state: SyncState,
  hash: ContentHash,
  options: CheckOptions,
  progress: Progress,
  abort: LinkedAbort,
): Promise<void> {
  const { provider } = session;
  const { account, operations } = provider;
  const { records } = operations;
  const before = state.savedIdentity;
  // The saved hash of a renamed account is compared under its former label.
  const change = identityChange(before, identityOf(provider, before?.formerLabel));
  if (change !== null) {
    const segments = state.calls.hashes
      .segmentsOf(records.partitions({}).map(({ application }) => application))
      .sort((a, b) => b.span.from - a.span.from)
      .slice(0, MAX_SEGMENTS)
      .map(({ span: { from, to }, rows, isStale }) => {
        const marginMs = isStale ? MAX_ZONE_DIFFERENCE_MS : 0;
        return { span: { from: from - marginMs, to: to + marginMs }, rows };
      });
    const calls = segments.reduce((sum, { rows }) => sum + rows, 0);
    session.warn(
      records.name,
      `${change}. ${calls === 0 ? "There is no call to compare. Make sure that it is the same account" : `The sync compares the vendor's list with ${calls} delivered calls`}.`,
    );
    const { found, gone, failed, failure } = await compareWithList(
      session,
      state,
      hash,
      options.limits,
      segments,
      progress,
      abort,
    );
    if (!found && gone > 0) {
      throw new CheckpointError(
        `${account}: the checkpoint belongs to another account of the vendor: ${change}, and the vendor lists none of the ${gone} calls that were delivered last. Give each account its own label and checkpoint, or use the former credentials. If it is the same account and these calls were deleted, begin with a new checkpoint.`,
        { provider: provider.id, account, operation: "sync" },
      );
    }
    if (!found && failed) {
      if (failure !== null && !options.isolateFailures) throw failure;
      const cause = failure === null ? "rows near them are unreadable." : `their windows fail: ${failure.message}`;
      session.warn(
        records.name,
        `the calls that were delivered last could not be compared, because ${cause} The sync continues, and compares them in the next pass. Make sure that it is the same account.`,
      );
      return;
    }
  }
  const now = identityOf(provider);
  if (now === null) return;
  const { endpoint, publicKeyHash } = now;
  // What the provider does not state any more is kept.
  const key = publicKeyHash === null && before !== null ? before : { publicKeyHash };
  state.setIdentity({ ...key, endpoint: endpoint ?? before?.endpoint ?? null });
}

/** Whether the endpoint or the key of the account differs from that of the checkpoint. */
export function identityHasChanged({ provider }: AccountSession, state: SyncState): boolean {
  const before = state.savedIdentity;
  return identityChange(before, identityOf(provider, before?.formerLabel)) !== null;
}

/**
 * Searches for the calls of some segments until one is found. The newest segment is read first, because it is within the retention. Windows that fail are read
 * again in smaller ones.
 * @param segments with the newest first.
 */
async function compareWithList(
  session: AccountSession,
  state: SyncState,
  hash: ContentHash,
  limits: RowLimits,
  segments: readonly { span: Span; rows: number }[],
  progress: Progress,
  parent: LinkedAbort,
): Promise<Comparison> {
  const { provider } = session;
  const { records } = provider.operations;
  const windowMarginMs = windowMarginMsOf(records, provider);
  const requestedOf = (some: typeof segments) => Intervals.of(some.map(({ span }) => span));
  const policy: WaitingPolicy = {
    isolateFailures: true,
    unreadableRows: "report",
    verify: false,
    splitsUnverified: false,
    repeatedKeys: "deliver",
    ...limits,
    startsNear: "anything",
  };
  const finish = (mapped: MappedCall, raw: unknown): ReadRow => {
    const startedAt = startOf(mapped, session);
    return { key: checkpointKeyOf(mapped.id, session.clean), hash: hash.of(raw), startedAt, at: startedAt };
  };
  const lists = records
    .partitions({})
    .map((): { read: Intervals; failed: UnverifiedWindow[] } => ({ read: Intervals.empty, failed: [] }));
  let failure: CallRecordsError | null = null;
  let readTo = Number.POSITIVE_INFINITY;

  const isListed = async (range: Intervals): Promise<boolean> => {
    // The search ends when one call is found. Its own abort does not end the pass.
    const abort = new LinkedAbort(parent.signal);
    const own = new Progress(provider, progress.invocation);
    const earlier = {
      ...NOTHING_EARLIER,
      verified: lists.map(({ read }) => read),
      unverified: lists.map(({ failed }) => failed),
    };
    const planAt = (now: number) => {
      readTo = Math.min(readTo, now);
      const readRanges = range.widen(windowMarginMs);
      const latestNow = session.clock.vendorNow();
      return planRanges(provider, records, { range, readRanges }, { now, latestNow }, () => earlier);
    };
    const source = openSource(session, planAt, own);
    try {
      for await (const { partition, rows, window, result } of inWindows(source, policy, abort, finish)) {
        if (rows.some((row) => state.calls.isSameCall(partition.application, row))) return true;
        const [list, { span }] = [lists[window.partition], window];
        if (list === undefined || span === null) continue;
        if (result === "verified" || result === "read") list.read = list.read.union(Intervals.of([span]));
        else
          list.failed = [
            ...list.failed.filter(({ from, to }) => from > span.from || to < span.to),
            { ...span, result: "failed" },
          ];
      }
      return false;
    } finally {
      abort.release();
      failure ??= own.failure;
      for (const name of ["requests", "retries", "throttles", "waitedMs"] as const)
        progress.counters[name] += own.counters[name];
    }
  };

  const hasFailed = () => lists.some(({ failed }) => failed.length > 0);
  const all = requestedOf(segments);
  const found =
    !all.isEmpty &&
    ((await isListed(requestedOf(segments.slice(0, 1)))) ||
      (await isListed(all)) ||
      (hasFailed() && (await isListed(all))));
  if (found) return { found, gone: 0, failed: false, failure: null };
  const oldest = oldestReadable(records, provider, session.clock.now());
  const wasRead = ({ span }: { span: Span }) => {
    const around = Intervals.of([span]).widen(windowMarginMs).before(readTo);
    return (
      span.from >= oldest &&
      !around.isEmpty &&
      around.spans.every((needed) =>
        lists.every(({ read }) => read.covers({ from: Math.max(needed.from, oldest), to: needed.to })),
      )
    );
  };
  return {
    found,
    gone: segments.filter(wasRead).reduce((sum, { rows }) => sum + rows, 0),
    failed: hasFailed(),
    failure,
  };
}

const NOTHING_EARLIER = { read: [], reread: [], complete: [], lost: Intervals.empty, abandoned: Intervals.empty };
