import { UnsupportedError } from "../model/errors.js";
import type { CheckpointStore } from "../engine/checkpoints/checkpoint-store.js";
import type { Destination, DestinationReader, DestinationSession } from "../operations/sync/destination.js";
import { openSession } from "../operations/sync/destination-checkpoints.js";
import type { AuditedAccount } from "./audit-result.js";

/** The stored calls that are compared. Only a repair has the methods that write. */
export type AuditSession = DestinationReader & Partial<Pick<DestinationSession, "write" | "markDelisted">>;

/**
 * Opens the stored calls of an account. A repair acquires the lease, and so does an audit of a destination that has no method `openReader`.
 * @throws UnsupportedError when the session lacks a method that the audit needs; the error of the destination.
 */
export async function openAuditSession(
  destination: Destination,
  owner: AuditedAccount,
  repair: boolean,
): Promise<AuditSession> {
  if (!repair && destination.openReader !== undefined)
    return destination.openReader({ provider: owner.provider, account: owner.account });
  const session = await openSession(destination, { id: owner.provider, account: owner.account });
  if (isAuditSession(session) && (!repair || session.markDelisted !== undefined)) return session;
  await session.close();
  const missing = isAuditSession(session) ? "markDelisted" : "readCalls";
  throw new UnsupportedError(
    `${owner.account}: auditDestination: the sessions of this destination have no method \`${missing}\`. Add the optional methods of \`DestinationSession\`.`,
    owner,
  );
}

function isAuditSession(session: DestinationSession): session is DestinationSession & DestinationReader {
  return typeof session.readCalls === "function";
}

/** Returns the checkpoint of a session as a store. `coverage` only reads it. */
export function storeOf(session: AuditSession): CheckpointStore {
  return {
    load: () => session.load(),
    save: () => Promise.reject(new TypeError("coverage saves no checkpoint")),
    lock: () => Promise.resolve(() => Promise.resolve()),
  };
}
