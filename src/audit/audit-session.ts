import { UnsupportedError } from "../model/errors.js";
import type { CheckpointStore } from "../engine/checkpoints/checkpoint-store.js";
import type { Destination, DestinationSession } from "../operations/sync/destination.js";
import { openSession } from "../operations/sync/destination-checkpoints.js";
import type { AuditedAccount } from "./audit-result.js";

/** A session whose stored calls can be compared. */
export type AuditSession = DestinationSession & Required<Pick<DestinationSession, "readCalls">>;

/**
 * Acquires the lease of an account.
 * @throws UnsupportedError when the session lacks a method that the audit needs; the error of the destination.
 */
export async function openAuditSession(
  destination: Destination,
  owner: AuditedAccount,
  repair: boolean,
): Promise<AuditSession> {
  const session = await openSession(destination, { id: owner.provider, account: owner.account });
  if (isAuditSession(session) && (!repair || session.markDelisted !== undefined)) return session;
  await session.close();
  const missing = isAuditSession(session) ? "markDelisted" : "readCalls";
  throw new UnsupportedError(
    `${owner.account}: auditDestination: the sessions of this destination have no method \`${missing}\`. Add the optional methods of \`DestinationSession\`.`,
    owner,
  );
}

function isAuditSession(session: DestinationSession): session is AuditSession {
  return typeof session.readCalls === "function";
}

/** Returns the checkpoint of a session as a store, which is only read. */
export function storeOf(session: DestinationSession): CheckpointStore {
  return {
    load: () => session.load(),
    save: (_, changes) => session.write([], changes),
    lock: () => Promise.resolve(() => Promise.resolve()),
  };
}
