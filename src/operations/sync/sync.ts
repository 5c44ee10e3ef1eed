import type { z } from "zod";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import { rowLimits } from "../../engine/lists/row-limits.js";
import { readRange } from "../arguments.js";
import type { Invocation } from "../invocation.js";
import { AccountSync } from "./account-sync.js";
import { CallerCheckpoints, type CheckpointSource, StoreCheckpoints } from "./checkpoint-session.js";
import { OPEN_END, rangesOf, readAbandoned, readCheckpoints, type syncSchema } from "./sync-arguments.js";
import { SyncStream } from "./sync-stream.js";

/**
 * Returns the stream of one pass over several accounts. No request is sent and no store is opened before it is read.
 * @param now time of this machine, in epoch milliseconds.
 * @throws RequestError when the range, a checkpoint or an abandoned interval is invalid.
 */
export function openSync(
  sessions: readonly AccountSession[],
  args: z.output<typeof syncSchema>,
  invocation: Invocation,
  now: number,
): SyncStream {
  const { store, checkpoint = null } = args;
  const labels = sessions.map(({ provider }) => provider.account);
  const given = store === undefined ? readCheckpoints("sync", checkpoint, labels) : [];
  const source = store === undefined ? new CallerCheckpoints(given) : new StoreCheckpoints(store);
  return openPass("sync", sessions, args, source, given, invocation, now);
}

/**
 * Returns the stream of one pass with checkpoints from any source.
 * @param operation name of the client's method, for messages.
 * @param given the caller's own checkpoints.
 */
export function openPass(
  operation: string,
  sessions: readonly AccountSession[],
  args: Pick<z.output<typeof syncSchema>, "from" | "to" | "settleSeconds" | "raw" | "abandon" | "around">,
  source: CheckpointSource,
  given: readonly SyncCheckpoint[],
  invocation: Invocation,
  now: number,
): SyncStream {
  const { from, to = OPEN_END, settleSeconds = null, raw } = args;
  const wanted = {
    range: readRange(operation, { from, to }),
    settleSeconds,
    raw,
    abandon: readAbandoned(operation, args.abandon, now),
    limits: rowLimits(sessions.length, true),
  };
  return new SyncStream(
    sessions.map((session) => {
      const around = rangesOf(operation, args.around, session.provider.account);
      return new AccountSync(session, { ...wanted, around }, source, invocation);
    }),
    given,
    invocation,
  );
}
