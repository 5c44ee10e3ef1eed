import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { CheckpointStore } from "../../engine/checkpoints/checkpoint-store.js";
import type { Interval } from "../../model/interval.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { CallerCheckpoints, StoreCheckpoints } from "./checkpoint-session.js";
import { gridOf, oldestReadable, settledBefore, windowMarginMsOf } from "../../engine/lists/list-limits.js";
import { savedApplications } from "./pass-applications.js";
import { requestedNow } from "./prepare-pass.js";
import { settingsOf } from "./read-settings.js";
import { readCheckpoints, readStore } from "./sync-arguments.js";
import { SyncState } from "./sync-state.js";

/** The progress of the sync of one account up to now, by the start of calls. Together, the intervals are the requested ranges. */
export interface SyncCoverage {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** Verified complete: each call was delivered in its final version. */
  coverage: Interval[];
  /** Read, but calls may still appear or change there. */
  unsettled: Interval[];
  /** Not read: later than the last pass, or failed in it. */
  missing: Interval[];
  /** Lost: the vendor's retention had passed before it was read. */
  lost: Interval[];
  /** Abandoned by the argument `abandon` of `sync`, and not complete. Absent when empty. */
  abandoned?: Interval[];
  /** Calls that started before this instant are settled now: by the provider's `settleSeconds`, and its window margin. */
  settledBefore: string;
}

/**
 * Returns the coverage of several accounts, from a store or from the caller's checkpoints.
 * @throws RequestError when `saved` is neither; CheckpointError when a checkpoint cannot be used.
 */
export async function readCoverage(
  sessions: readonly AccountSession[],
  saved: CheckpointStore | SyncCheckpoint | readonly SyncCheckpoint[] | null,
): Promise<SyncCoverage[]> {
  const labels = sessions.map(({ provider }) => provider.account);
  const isStore = typeof saved === "object" && saved !== null && "load" in saved;
  const source = isStore
    ? new StoreCheckpoints(readStore("coverage", saved))
    : new CallerCheckpoints(readCheckpoints("coverage", saved, labels));
  return Promise.all(sessions.map((session) => accountCoverage(session, source)));
}

async function accountCoverage(
  session: AccountSession,
  checkpoints: StoreCheckpoints | CallerCheckpoints,
): Promise<SyncCoverage> {
  const { provider, clock } = session;
  const checkpoint = await checkpoints.load(provider);
  // No request is sent: the applications are those that the passes have read.
  session.discovery?.keep(savedApplications(checkpoint));
  const state = SyncState.restore(provider, checkpoint, gridOf(provider.operations.records, provider).overlapMs);
  // Under the current options: intervals that are no longer valid are left out.
  state.adapt(settingsOf(provider), requestedNow(session, state));
  const { records } = provider.operations;
  state.intervals.truncate(
    clock.now(),
    clock.ownNow(),
    provider.settleSeconds * 1000,
    oldestReadable(records, provider, clock.now()),
  );
  const partitions = records.partitions({});
  const settledTo = settledBefore(provider.settleSeconds * 1000, clock.now()) - windowMarginMsOf(records, provider);
  return {
    account: provider.account,
    provider: provider.id,
    ...state.intervals.summarize(partitions, clock.now()),
    settledBefore: new Date(settledTo).toISOString(),
  };
}
