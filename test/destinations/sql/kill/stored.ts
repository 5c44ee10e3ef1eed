import type { CheckpointParts, CheckpointStore, StoredCall } from "call-records";
import { type Kysely, sql } from "kysely";
import { unescapeId } from "../../../../src/columns/storable-text.js";
import { fromCheckpointText } from "../../../../src/destinations/sql/checkpoint-text.js";
import { readCalls } from "../stored-calls.js";
import { type Target, withConnection } from "./target.js";

/** The contents of a database. */
export interface Stored {
  calls: StoredCall[];
  /** The checkpoint parts of each account. */
  parts: Record<string, CheckpointParts>;
}

/** Reads all calls and checkpoints as of one moment. A server may still execute the last statement of a killed writer. */
export function readStored(target: Target): Promise<Stored> {
  return withConnection(target, (db) => {
    const begin = db.transaction();
    // The others do so by default.
    const snapshot = target.database === "PostgreSQL" ? begin.setIsolationLevel("repeatable read") : begin;
    return snapshot.execute(async (transaction) => ({
      calls: await readCalls(transaction),
      parts: await readParts(transaction),
    }));
  });
}

async function readParts(db: Kysely<unknown>): Promise<Stored["parts"]> {
  const { rows } = await sql<
    Record<"account" | "name" | "value", string>
  >`select account, name, value from call_sync_checkpoints order by account, name`.execute(db);
  const parts: Record<string, Record<string, CheckpointParts[string]>> = {};
  for (const { account, name, value } of rows)
    (parts[unescapeId(account)] ??= {})[unescapeId(name)] = fromCheckpointText(value);
  return parts;
}

/** Returns a store that only loads. */
export function storeOf({ parts }: Stored): CheckpointStore {
  const refuse = () => Promise.reject(new Error("This store is only read."));
  return { load: (account) => Promise.resolve(parts[account] ?? {}), save: refuse, lock: refuse };
}
