import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { CheckpointStore } from "../../engine/checkpoints/checkpoint-store.js";
import type { Interval } from "../../model/interval.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { CallersKeeper, type CheckpointKeeper, StoreKeeper } from "./checkpoint-session.js";
import { gridOf, oldestReadable } from "../../engine/lists/list-plan.js";
import { requestedNow } from "./prepare-pass.js";
import { settingsOf } from "./read-settings.js";
import { readCheckpoints, readStore } from "./sync-arguments.js";
import { SyncState } from "./sync-state.js";

/** How far the sync of one account has come, by the start of calls, up to now. Together the intervals are all that was asked for. */
export interface SyncCoverage {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** Proven complete: every call was handed out, in its last form. */
  coverage: Interval[];
  /** Read, but calls may still appear or change. */
  unsettled: Interval[];
  /** Not read: it came after the last pass, or failed in it. */
  missing: Interval[];
  /** Given up: the vendor no longer kept it when it was to be read. */
  lost: Interval[];
  /** Given up by the argument `abandon` of a `sync`, and not complete. Present only where something was. */
  abandoned?: Interval[];
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
    ? new StoreKeeper(readStore("coverage", saved))
    : new CallersKeeper(readCheckpoints("coverage", saved, labels));
  return Promise.all(sessions.map((session) => accountCoverage(session, source)));
}

async function accountCoverage(session: AccountSession, keeper: CheckpointKeeper): Promise<SyncCoverage> {
  const { provider, clock } = session;
  const state = new SyncState(
    provider,
    await keeper.load(provider),
    gridOf(provider.operations.records, provider).overlapMs,
  );
  // By the options of now: what does not hold any more is not claimed.
  state.adapt(settingsOf(provider), requestedNow(session, state));
  const { records } = provider.operations;
  state.truncate(
    clock.now(),
    clock.ownNow(),
    provider.settleSeconds * 1000,
    oldestReadable(records, provider, clock.now()),
  );
  const partitions = records.partitions({});
  return { account: provider.account, provider: provider.id, ...state.summarize(partitions, clock.now()) };
}
