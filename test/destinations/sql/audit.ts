import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { auditDestination } from "call-records";
import { sqlDestination } from "call-records/sql";
import { differencesIn, openAudited, query } from "../../audit/audited-vendors.js";
import type { TestDatabase } from "./databases.js";
import { readCalls } from "./stored-calls.js";

/** Registers the tests of an audit of a database. */
export function describeAudit(database: TestDatabase): void {
  describe(`an audit of ${database.name}`, () => {
    it("finds no difference in an exact copy, and repairs what is missing, changed and no longer listed", async () => {
      const { client, changing, later } = await openAudited();
      const db = database.connect();
      const destination = sqlDestination(db);
      await destination.migrate();
      // Other tests of the same database store calls of these accounts.
      for (const table of ["call_recordings", "call_legs", "call_records"])
        await sql`delete from ${sql.table(table)} where account in (${sql.join(query.accounts)})`.execute(db);
      await client.syncTo(destination, query);
      const exact = await auditDestination(client, destination, query);
      expect(
        exact.accounts.map(({ status, missing, changed, delisted }) => [status, missing, changed, delisted]),
      ).toEqual(query.accounts.map(() => ["complete", 0, 0, 0]));
      const copy = async () => (await readCalls(db)).filter(({ account }) => query.accounts.includes(account));
      const before = await copy();
      expect(exact.accounts.reduce((sum, { calls }) => sum + calls, 0)).toBe(before.length);

      changing.remark = "after";
      later();
      await sql`delete from call_records where account = 'itniotech' and id = '900003'`.execute(db);
      const damaged = before.filter(({ account, legs }) => account === "tencent-ccc" && (legs ?? []).length > 0);
      await sql`delete from call_legs where account = 'tencent-ccc' and call_id = ${damaged[0]?.id}`.execute(db);
      await sql`update call_records set talk_seconds = 99999 where account = 'tencent-ccc' and id = ${damaged[1]?.id}`.execute(
        db,
      );
      const differences = [
        "changed itniotech 900001 remark",
        `changed tencent-ccc ${damaged[0]?.id ?? ""} legs`,
        `changed tencent-ccc ${damaged[1]?.id ?? ""} talkSeconds`,
        "delisted itniotech 900002",
        "missing itniotech 900003",
      ].sort();
      expect(differencesIn(await auditDestination(client, destination, query))).toEqual(differences);
      expect(differencesIn(await auditDestination(client, destination, { ...query, repair: true }))).toEqual(
        differences,
      );
      const marked = await sql<{ id: string }>`select id from call_records where delisted_at is not null`.execute(db);
      expect(marked.rows).toEqual([{ id: "900002" }]);
      const byId = (calls: typeof before) => new Map(calls.map((call) => [call.id, call]));
      const expected = byId(before);
      const changed = expected.get("900001");
      if (changed !== undefined) expected.set("900001", { ...changed, remark: "after" });
      expect(byId(await copy())).toEqual(expected);
      expect(differencesIn(await auditDestination(client, destination, query))).toEqual([]);
      expect(await client.syncTo(destination, query)).toMatchObject({ inserted: 0, updated: 0 });
    });
  });
}
