import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { auditDestination, type CallRecord, CheckpointError, maskNumber, type Party } from "call-records";
import { sqlDestination, type SqlDestinationOptions } from "call-records/sql";
import { callRecord } from "call-records/testing";
import { openAudited, query } from "../../audit/audited-vendors.js";
import { readDocument } from "../../documents.js";
import { LABELS } from "./document-queries.js";
import type { TestDatabase } from "./databases.js";

const key = "a key of the tests with 32 bytes";
const TABLES = ["call_records", "call_legs", "call_recordings", "call_forgotten"] as const;

const party = (number: string | null, e164: string | null = null): Party => ({
  number,
  e164,
  displayNumber: null,
  protectedId: null,
  region: null,
});
const NOBODY = party("10086");
const recording = { id: "r", url: "https://example.com/r", kind: "call" as const, transcriptUrl: null };

/** Calls of one customer in every format, by id. */
const OWN: Record<string, Partial<CallRecord>> = {
  international: { direction: "inbound", customer: party("008618392515977", "+8618392515977") },
  national: { direction: "outbound", customer: party("18392515977", "+8618392515977") },
  uncertain: { direction: "inbound", customer: party("183-9251-5977") },
  withCode: { direction: "outbound", customer: party("8618392515977") },
  list: { direction: "inbound", customer: party("18392515977,10086") },
  unknown: { direction: "unknown", customer: null, caller: NOBODY, callee: party("18392515977") },
  internal: { direction: "internal", customer: null, caller: party("x", "+8618392515977") },
};
/** Calls of others. */
const OTHER: Record<string, Partial<CallRecord>> = {
  similar: { direction: "inbound", customer: party("18392515978", "+8618392515978") },
  longer: { direction: "inbound", customer: party("918392515977") },
  line: { direction: "outbound", customer: NOBODY, line: party("18392515977", "+8618392515977") },
  hidden: { direction: "inbound", customer: null },
};

const NO_LEG = {
  role: "agent" as const,
  number: null,
  agent: null,
  startedAt: null,
  ringingAt: null,
  answeredAt: null,
  endedAt: null,
  talkSeconds: null,
  transferredFrom: null,
  transferredTo: null,
  recordings: [],
};

/** Returns a call with a leg of an agent and two recordings. */
function callOf(account: string, id: string, fields: Partial<CallRecord>): CallRecord {
  return {
    ...callRecord({ provider: "tencent-ccc", account, id }),
    caller: NOBODY,
    callee: NOBODY,
    line: NOBODY,
    recordings: [recording],
    legs: [{ ...NO_LEG, number: "8001", recordings: [recording] }],
    raw: { fields },
    ...fields,
  };
}

/** Registers the tests of masked calls and forgotten customers in a database. */
export function describePrivacy(database: TestDatabase): void {
  const shared = database.connect();
  const open = async (options: SqlDestinationOptions = { forgetKey: key }, db = shared) => {
    const destination = sqlDestination(db, options);
    await destination.migrate();
    return { db, destination };
  };
  const clear = async () => {
    const { db } = await open();
    for (const table of TABLES) await sql`delete from ${sql.table(table)}`.execute(db);
    return db;
  };
  const write = async (
    destination: ReturnType<typeof sqlDestination>,
    account: string,
    calls: readonly CallRecord[],
    type: "new" | "updated" = "new",
  ) => {
    const session = await destination.open({ provider: "tencent-ccc", account });
    try {
      await session.write(
        calls.map((record) => ({ type, record })),
        {},
      );
    } finally {
      await session.close();
    }
  };
  const callsOf = (account: string, fields: Record<string, Partial<CallRecord>>) =>
    Object.entries(fields).map(([id, one]) => callOf(account, id, one));

  describe(`the privacy of ${database.name}`, () => {
    it.each([
      ["plain", { forgetKey: key }],
      ["masked", { mask: { key } }],
      ["masked with another key", { mask: { key: `${key}!` }, forgetKey: key }],
    ])("forgets a customer of %s calls, and nobody else", async (_, options) => {
      const db = await clear();
      const { destination } = await open(options);
      const leg = { ...NO_LEG, role: "customer" as const, number: "0086 183 9251 5977" };
      const own = [
        ...callsOf("one", OWN),
        callOf("one", "leg", { direction: "inbound", customer: NOBODY, legs: [leg] }),
      ];
      await write(destination, "one", [...own, ...callsOf("one", OTHER)]);
      await write(destination, "two", callsOf("two", OWN));
      expect(await destination.forget("+86 183 9251 5977")).toBe(own.length + Object.keys(OWN).length);
      const idsIn = async (table: string, column = "call_id") =>
        (await sql<{ id: string }>`select distinct ${sql.ref(column)} as id from ${sql.table(table)}`.execute(db)).rows
          .map(({ id }) => id)
          .sort();
      const left = Object.keys(OTHER).sort();
      expect(await idsIn("call_records", "id")).toEqual(left);
      expect(await idsIn("call_legs")).toEqual(left);
      expect(await idsIn("call_recordings")).toEqual(left);
      // An update does not restore them.
      await write(destination, "one", own, "updated");
      await write(destination, "new", [...callsOf("new", OWN), ...callsOf("new", { other: OTHER.similar ?? {} })]);
      expect(await idsIn("call_records", "id")).toEqual([...left, "other"].sort());
      expect(await destination.forget("+8618392515977")).toBe(0);
    });

    it("compares numbers as the filter of records does", async () => {
      await clear();
      const { destination } = await open();
      const calls = () =>
        callsOf("numbers", {
          china: { direction: "inbound", customer: party("02131234567", "+862131234567") },
          germany: { direction: "inbound", customer: party("+49 30 1234567", "+49301234567") },
          argentina: { direction: "inbound", customer: party("5491123456789", "+5491123456789") },
          digits: { direction: "inbound", customer: party("4000001") },
        });
      const forget = async (...number: Parameters<typeof destination.forget>) => {
        await clear();
        await write(destination, "numbers", calls());
        return destination.forget(...number);
      };
      expect(await forget("021-3123 4567")).toBe(1);
      expect(await forget("021-3123 4567", { country: "CN" })).toBe(1);
      expect(await forget("021-3123 4567", { country: "DE" })).toBe(0);
      expect(await forget("030 1234567")).toBe(1);
      expect(await forget("+54 11 2345-6789")).toBe(1);
      expect(await forget("4000001")).toBe(1);
      expect(await forget("+8613800138000")).toBe(0);
    });

    it("needs the same key as long as a customer is forgotten", async () => {
      await clear();
      const { destination } = await open();
      await destination.forget("+8618392515977");
      for (const options of [{}, { forgetKey: `${key}!` }, { mask: { key: `${key}!` } }]) {
        const other = sqlDestination(shared, options);
        const written = write(other, "keys", callsOf("keys", OTHER));
        await expect(written).rejects.toThrow(CheckpointError);
        await expect(written).rejects.toThrow(/Set the option `forgetKey` of `sqlDestination` to that key/);
        if ("forgetKey" in options) await expect(other.forget("+8613800138000")).rejects.toThrow(/another key/);
      }
      await write(sqlDestination(shared, { mask: { key } }), "keys", callsOf("keys", OTHER));
      await clear();
      await write(sqlDestination(shared), "keys", callsOf("keys", OTHER));
    });

    it("does not restore a customer by writers that run at the same time", { tags: ["slow"] }, async () => {
      const db = await clear();
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        const { destination } = await open({ forgetKey: key }, database.connect());
        const account = `writer-${writer}`;
        for (let round = 0; round < 12; round += 1)
          await write(destination, account, [
            callOf(account, `own-${round}`, OWN.uncertain ?? {}),
            callOf(account, `other-${round}`, OTHER.similar ?? {}),
          ]).catch((error: unknown) => {
            // A writer may lose its turn, but not its data: it tries again.
            expect(error).toMatchObject({ retryable: true });
          });
      });
      const { destination } = await open();
      const deleted = await destination.forget("+8618392515977");
      await Promise.all(writers);
      const { rows } = await sql<{ id: string }>`select id from call_records`.execute(db);
      expect(rows.filter(({ id }) => id.startsWith("own"))).toEqual([]);
      expect(rows.length).toBeGreaterThan(20);
      expect(deleted).toBeLessThan(48);
    });

    it("waits for the transaction of a writer, whose call it then deletes", async () => {
      const db = await clear();
      const { destination } = await open({ forgetKey: key }, database.connect());
      await write(destination, "waiting", callsOf("waiting", { similar: OTHER.similar ?? {} }));
      let deleted = Promise.resolve(0);
      await db.transaction().execute(async (transaction) => {
        await sql`update call_sync_locks set expires_at = 1 where account = 'waiting'`.execute(transaction);
        await sql`update call_records set customer_number = '18392515977', customer_e164 = null`.execute(transaction);
        deleted = destination.forget("+8618392515977");
        // It would end in the time of these statements.
        for (let count = 0; count < 100; count += 1) await sql`select 1`.execute(transaction);
      });
      expect(await deleted).toBe(1);
    });

    it("keeps calls for a limited time with the statements of docs/privacy.md", async () => {
      const db = await clear();
      const { destination } = await open();
      const [old, recent] = [100, 80].map((days) => new Date(Date.now() - days * 86_400_000));
      const calls = { old: { ...OTHER.similar, startedAt: old }, recent: { ...OTHER.similar, startedAt: recent } };
      await write(destination, "limited", callsOf("limited", calls as Record<string, Partial<CallRecord>>));
      const blocks = readDocument("docs/privacy.md").blocks.filter(({ language }) => language === "sql");
      const own = blocks.filter(({ code }) => code.startsWith(`-- ${LABELS[database.name] ?? ""}\n`));
      expect(own).toHaveLength(1);
      for (const statement of (own[0]?.code ?? "").split(";\n").filter((text) => text.trim() !== ""))
        await sql.raw(statement).execute(db);
      for (const [table, id] of [
        ["call_records", "id"],
        ["call_legs", "call_id"],
        ["call_recordings", "call_id"],
      ] as const) {
        const { rows } = await sql`select distinct ${sql.ref(id)} as id from ${sql.table(table)}`.execute(db);
        expect(rows).toEqual([{ id: "recent" }]);
      }
    });

    it("is exact for an audit of masked calls without a forgotten customer", { tags: ["slow"] }, async () => {
      const db = await clear();
      const { client } = await openAudited();
      const { destination } = await open({ mask: { key } });
      await sql`delete from call_sync_checkpoints`.execute(db);
      await client.syncTo(destination, query);
      const counts = async (one = destination, repair = false) => {
        const { accounts } = await auditDestination(client, one, { ...query, repair });
        const sum = (name: "calls" | "missing" | "changed" | "delisted" | "forgotten" | "repaired") =>
          accounts.reduce((total, account) => total + account[name], 0);
        return {
          calls: sum("calls"),
          missing: sum("missing"),
          changed: sum("changed"),
          delisted: sum("delisted"),
          forgotten: sum("forgotten"),
          repaired: sum("repaired"),
        };
      };
      const same = { missing: 0, changed: 0, delisted: 0, forgotten: 0, repaired: 0 };
      const exact = await counts();
      expect(exact).toMatchObject(same);
      expect(await counts(sqlDestination(db))).toMatchObject({ changed: exact.calls });
      const [named] = (await client.records(query).toArray({ max: 1_000 })).filter(
        ({ customer }) => customer?.e164 != null,
      );
      const e164 = named?.customer?.e164 ?? "";
      const stored = await sql<{
        calls: number | string;
      }>`select count(*) as calls from call_records where customer_e164 = ${maskNumber(e164, { key })}`.execute(db);
      const deleted = await destination.forget(e164);
      expect(deleted).toBe(Number(stored.rows[0]?.calls));
      expect(deleted).toBeGreaterThan(0);
      expect(await counts()).toEqual({ ...exact, forgotten: deleted });
      expect(await counts(destination, true)).toEqual({ ...exact, forgotten: deleted });
      expect(await client.syncTo(destination, query)).toMatchObject({ inserted: 0, updated: 0 });
      const { rows } =
        await sql`select id from call_records where customer_e164 = ${maskNumber(e164, { key })}`.execute(db);
      expect(rows).toEqual([]);
    });
  });
}
