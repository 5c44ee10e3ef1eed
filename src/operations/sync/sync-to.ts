import { z } from "zod";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { AccountReport } from "../../model/account-report.js";
import { callbackSchema } from "../arguments.js";
import type { Invocation } from "../invocation.js";
import type { Destination } from "./destination.js";
import { DestinationCheckpoints } from "./destination-checkpoints.js";
import { openPass } from "./sync.js";
import { type SyncRange, syncRangeFields } from "./sync-arguments.js";

/** Arguments of `syncTo`, beside the destination. */
export interface SyncToArguments extends SyncRange {
  /** Is called after each write with the report so far, for example to show the progress. An error that it throws ends the pass. */
  onWrite?: ((report: SyncToReport) => void) | undefined;
}

/** The result of `syncTo`. */
export interface SyncToReport {
  /** The report of each account, as that of `sync`. */
  accounts: AccountReport[];
  /** The number of written changes of the type `new`. */
  inserted: number;
  /** The number of written changes of the type `updated`. */
  updated: number;
}

export const syncToSchema = z.strictObject({
  ...syncRangeFields,
  onWrite: callbackSchema<SyncToReport>().optional(),
});

/**
 * Runs one pass over several accounts, and writes its changes to a destination.
 * @param now time of this machine, in epoch milliseconds.
 * @throws RequestError when the range or an abandoned interval is invalid; the error of the destination; otherwise as a `sync` does.
 */
export async function syncTo(
  destination: Destination,
  sessions: readonly AccountSession[],
  args: z.output<typeof syncToSchema>,
  invocation: Invocation,
  now: number,
): Promise<SyncToReport> {
  const stream = openPass("syncTo", sessions, args, new DestinationCheckpoints(destination), [], invocation, now);
  let [inserted, updated] = [0, 0];
  const report = (): SyncToReport => ({ ...stream.report(), inserted, updated });
  for await (const { changes } of stream) {
    const added = changes.filter(({ type }) => type === "new").length;
    inserted += added;
    updated += changes.length - added;
    args.onWrite?.(report());
  }
  return report();
}
