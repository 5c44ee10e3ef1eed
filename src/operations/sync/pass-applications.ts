import type { LinkedAbort } from "../../engine/account/abort.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import { discover } from "../../engine/lists/discovery.js";
import type { Progress } from "../../engine/lists/progress.js";
import { CheckpointError } from "../../model/errors.js";
import { checkAccount, identityHasChanged } from "./account-check.js";
import type { SyncState } from "./sync-state.js";

/** Returns the applications that the passes of a checkpoint have read. */
export function savedApplications(checkpoint: SyncCheckpoint | null): string[] {
  const applications = (checkpoint?.lists ?? []).map(({ application }) => application);
  return [...new Set(applications.filter((application) => application !== null))];
}

/**
 * Discovers the applications of a pass, where they are discovered. An application that the vendor no longer lists keeps its lists: what was not read of them is
 * missing. A warning names it.
 */
export async function discoverForPass(
  session: AccountSession,
  checkpoint: SyncCheckpoint | null,
  progress: Progress,
  abort: LinkedAbort,
): Promise<void> {
  const { discovery } = session;
  if (discovery === null) return;
  discovery.keep(savedApplications(checkpoint));
  await discover(session, { signal: abort.signal, counters: progress.counters, invocation: progress.invocation });
  const { unlisted } = discovery;
  if (unlisted.length === 0) return;
  const { records, discoverPartitions } = session.provider.operations;
  session.warn(
    records.name,
    `${discoverPartitions?.name ?? records.name}: the vendor no longer lists ${unlisted.map((one) => `\`${one}\``).join(", ")}, which an earlier pass of this sync has read. Their calls that were not read are missing: the report has gaps, and is not complete. If you do not need them, pass these gaps in \`abandon\`, or name the other applications in the options of the provider.`,
  );
}

/**
 * Checks whether a changed endpoint or key belongs to the same account, as `checkAccount` does, in the applications that the vendor lists.
 * @throws CheckpointError also when the vendor lists none of the applications that earlier passes have read.
 */
export async function checkAccountOfPass(...args: Parameters<typeof checkAccount>): Promise<void> {
  const [session, state] = args;
  const { discovery } = session;
  if (discovery === null) return checkAccount(...args);
  requireSharedApplication(session, state, discovery.unlisted, discovery.all ?? []);
  return discovery.withoutUnlisted(() => checkAccount(...args));
}

function requireSharedApplication(
  session: AccountSession,
  state: SyncState,
  unlisted: readonly string[],
  all: readonly string[],
): void {
  const saved = state.intervals.lists.all.flatMap(({ partition }) => partition.application ?? []);
  const isShared = saved.some((application) => all.includes(application) && !unlisted.includes(application));
  if (saved.length === 0 || isShared || !identityHasChanged(session, state)) return;
  const { id: provider, account } = session.provider;
  throw new CheckpointError(
    `${account}: the checkpoint belongs to another account of the vendor: its key or endpoint has changed, and the vendor lists none of the applications that this sync has read (${saved.join(", ")}). Give each account its own label and checkpoint, or use the former credentials.`,
    { provider, account, operation: "sync" },
  );
}
