import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { importCheckpoints, MemoryCheckpointStore } from "call-records";
import { sqlDestination } from "call-records/sql";
import { daysAgo, openClient, openEmulator, tencentAt } from "../../client/stage.js";
import { readDocument } from "../../documents.js";
import type { TestDatabase } from "./databases.js";
import { readCalls } from "./stored-calls.js";

const from = daysAgo(9);
/** The statements of docs/audit.md that rename an account. */
const STATEMENTS = readDocument("docs/audit.md")
  .text.split("**A renamed account.**")[1]
  ?.match(/^ *```sql\n([^]*?)^ *```$/m)?.[1]
  ?.split(";")
  .map((statement) => statement.trim())
  .filter((statement) => statement !== "");

/** Registers the tests of an account that gets another label, with the statements of the document. */
export function describeRenamedAccount(database: TestDatabase): void {
  describe.each(["without a store", "with a store"])(`a renamed account in ${database.name}, %s`, (title) => {
    it("continues under its new label, with each call once", async () => {
      const emulator = await openEmulator({ days: 10, callsPerDay: 6, activeCalls: 0 });
      const clientOf = (account: string) => openClient({ providers: [tencentAt(emulator, { account })] });
      const db = database.connect();
      const destination = sqlDestination(db);
      await destination.migrate();
      for (const table of ["call_recordings", "call_legs", "call_records", "call_sync_checkpoints"])
        await sql`delete from ${sql.table(table)} where account in ('hotline', 'tenant-1')`.execute(db);
      const stored = async () =>
        (await readCalls(db))
          .filter(({ account }) => ["hotline", "tenant-1"].includes(account))
          .sort((one, other) => (`${one.application} ${one.id}` < `${other.application} ${other.id}` ? -1 : 1));

      await clientOf("hotline").syncTo(destination, { from });
      const before = await stored();
      expect(before.length).toBeGreaterThan(40);
      expect(before.some(({ legs }) => (legs ?? []).length > 0)).toBe(true);
      expect(STATEMENTS).toHaveLength(4);
      for (const statement of STATEMENTS ?? []) await sql.raw(statement).execute(db);
      expect(await stored()).toEqual(before.map((call) => ({ ...call, account: "tenant-1" })));

      if (title === "with a store") {
        const store = new MemoryCheckpointStore();
        await clientOf("hotline")
          .sync({ from, store })
          .forEach(() => undefined);
        const options = { renamed: { hotline: "tenant-1" } };
        expect(await importCheckpoints(store, destination, options)).toMatchObject([
          { account: "tenant-1", isNew: true },
        ]);
      }
      // Without a checkpoint, each call is delivered once more as a new one.
      const { inserted } = await clientOf("tenant-1").syncTo(destination, { from });
      expect(inserted).toBe(title === "with a store" ? 0 : before.length);
      expect(await stored()).toEqual(before.map((call) => ({ ...call, account: "tenant-1" })));
      expect(await clientOf("tenant-1").syncTo(destination, { from })).toMatchObject({ inserted: 0, updated: 0 });
    });
  });
}
