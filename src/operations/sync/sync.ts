import type { z } from "zod";
import type { AccountSession } from "../../engine/account/account-session.js";
import { rowLimits } from "../../engine/lists/row-limits.js";
import { readRange } from "../arguments.js";
import type { Invocation } from "../invocation.js";
import { AccountSync } from "./account-sync.js";
import { CallerCheckpoints, StoreCheckpoints } from "./checkpoint-session.js";
import { OPEN_END, readAbandoned, readCheckpoints, type syncSchema } from "./sync-arguments.js";
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
  const { from, to = OPEN_END, store, checkpoint = null, settleSeconds = null, raw } = args;
  const wanted = {
    range: readRange("sync", { from, to }),
    settleSeconds,
    raw,
    abandon: readAbandoned(args.abandon, now),
    limits: rowLimits(sessions.length, true),
  };
  const labels = sessions.map(({ provider }) => provider.account);
  const given = store === undefined ? readCheckpoints("sync", checkpoint, labels) : [];
  const source = store === undefined ? new CallerCheckpoints(given) : new StoreCheckpoints(store);
  return new SyncStream(
    sessions.map((session) => new AccountSync(session, wanted, source, invocation)),
    given,
    invocation,
  );
}
