import { sql, type Transaction } from "kysely";
import type { CallKeyParts } from "../../index.js";
import { escapeId } from "../../columns/storable-text.js";
import { chunksOf, idsByApplication, idsIn } from "./call-ids.js";
import { callTable } from "./call-tables.js";
import { type Database, qualified, type Tables } from "./database.js";

/** Marks calls as no longer listed. @param onStatement is called between two statements. */
export async function markDelisted(
  transaction: Transaction<Tables>,
  database: Database,
  account: string,
  calls: readonly CallKeyParts[],
  onStatement: () => Promise<void>,
): Promise<void> {
  const now = sql.raw(database.dialect.now);
  const target = sql.raw(qualified(database, callTable.name));
  for (const [application, ids] of idsByApplication(calls))
    for (const some of chunksOf(ids)) {
      const condition = idsIn("id", application, some);
      await sql`update ${target} set delisted_at = ${now}, synced_at = ${now} where account = ${escapeId(account)} and delisted_at is null and ${condition}`.execute(
        transaction,
      );
      await onStatement();
    }
}
