import { sql } from "kysely";
import { sqlDestination } from "call-records/sql";
import type { DestinationSubject } from "call-records/testing";
import type { TestDatabase } from "./databases.js";
import { readCalls } from "./stored-calls.js";

/** Returns a database with its tables as a destination under test. */
export async function sqlSubject(database: TestDatabase): Promise<DestinationSubject> {
  const failure = { next: 0 };
  const db = database.connect();
  const failing = database.connectFailing(failure);
  await sqlDestination(db).migrate();
  return {
    create: () => sqlDestination(failing),
    read: () => readCalls(db),
    failAtStatement: (n) => {
      failure.next = n;
    },
    expireLease: async () => {
      await sql`update call_sync_locks set expires_at = 1`.execute(db);
    },
  };
}
