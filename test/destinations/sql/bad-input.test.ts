import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CheckpointError, ConfigurationError } from "call-records";
import { sqlDestination, type SqlDestinationOptions } from "call-records/sql";
import { callRecord } from "call-records/testing";
import { sqliteFile } from "./databases.js";

const database = sqliteFile();
const ACCOUNT = { provider: "tencent-ccc", account: "hotline" };

afterAll(() => database.drop());

describe("a destination in SQL", () => {
  it("refuses tables that do not exist, and names the method that creates them", async () => {
    const opened = sqlDestination(database.connect()).open(ACCOUNT);
    await expect(opened).rejects.toThrow(CheckpointError);
    await expect(opened).rejects.toThrow("hotline: The tables do not exist. Run `await destination.migrate()` first.");
  });

  describe("with tables", () => {
    const db = database.connect();
    beforeAll(() => sqlDestination(db).migrate());

    it("keeps them when it is migrated again", async () => {
      const call = callRecord({ provider: "tencent-ccc", account: "migrated" });
      const session = await sqlDestination(db).open({ ...ACCOUNT, account: "migrated" });
      await session.write([{ type: "new", record: call }], { head: 1 });
      await session.close();
      await sqlDestination(database.connect()).migrate();
      const { rows } = await sql<{ id: string }>`select id from call_records where account = 'migrated'`.execute(db);
      expect(rows).toEqual([{ id: call.id }]);
    });

    it("refuses tables of a newer version, and changes nothing", async () => {
      await sql`update call_sync_schema set version = 3`.execute(db);
      const message = "The tables have version 3, and this version of call-records knows versions up to 2.";
      await expect(sqlDestination(db).migrate()).rejects.toThrow(message);
      await expect(sqlDestination(db).open(ACCOUNT)).rejects.toThrow(message);
      const { rows } = await sql`select version from call_sync_schema`.execute(db);
      expect(rows).toEqual([{ version: 3 }]);
      await sql`update call_sync_schema set version = 2`.execute(db);
    });

    it("upgrades tables of an older version", async () => {
      await sql`update call_sync_schema set version = 0`.execute(db);
      await sql`drop view call_missed`.execute(db);
      await expect(sqlDestination(db).open(ACCOUNT)).rejects.toThrow(
        "The tables have version 0, and this version of call-records needs version 2. Run `await destination.migrate()` first.",
      );
      await sqlDestination(db).migrate();
      const { rows } = await sql`select version from call_sync_schema`.execute(db);
      expect(rows).toEqual([{ version: 2 }]);
      await sql`select * from call_missed`.execute(db);
    });

    it("refuses an id that the primary key cannot contain, and writes nothing of the batch", async () => {
      const session = await sqlDestination(db).open(ACCOUNT);
      const changes = ["short", "x".repeat(192)].map((id) => ({
        type: "new" as const,
        record: callRecord({ id, provider: "tencent-ccc", account: "hotline" }),
      }));
      const written = session.write(changes, { head: 1 });
      await expect(written).rejects.toThrow(CheckpointError);
      await expect(written).rejects.toThrow(`The id "${"x".repeat(40)}…" of a call has 192 characters.`);
      expect(await session.load()).toEqual({});
      await session.close();
      const { rows } = await sql`select id from call_records where account = 'hotline'`.execute(db);
      expect(rows).toEqual([]);
    });

    it.each([
      ["full", "max_page_count = 1", "max_page_count = 1073741823", "The disk of the database, or its quota, is full."],
      ["read-only", "query_only = on", "query_only = off", "The database is read-only."],
    ])("reports a database that became %s, writes nothing, and continues later", async (name, begin, end, message) => {
      const session = await sqlDestination(db).open({ ...ACCOUNT, account: name });
      const changes = [1, 2, 3, 4].map((id) => ({
        type: "new" as const,
        record: callRecord({ provider: "tencent-ccc", account: name, id: String(id), remark: "x".repeat(60_000) }),
      }));
      await sql.raw(`pragma ${begin}`).execute(db);
      const failure: unknown = await session.write(changes, { head: 1 }).catch((error: unknown) => error);
      await sql.raw(`pragma ${end}`).execute(db);
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure).toMatchObject({ account: name, retryable: false });
      expect(String(failure)).toContain(message);
      const stored = sql`select id from call_records where account = ${name}`;
      expect((await stored.execute(db)).rows).toEqual([]);
      expect(await session.load()).toEqual({});
      await session.write(changes, { head: 1 });
      expect((await stored.execute(db)).rows).toHaveLength(4);
      expect(await session.load()).toEqual({ head: 1 });
      await session.close();
    });

    it("stores no row of the vendor with `raw: false`", async () => {
      const session = await sqlDestination(db, { raw: false }).open({ ...ACCOUNT, account: "no raw" });
      await session.write(
        [
          {
            type: "new",
            record: { ...callRecord({ provider: "tencent-ccc", account: "no raw" }), raw: { secret: 1 } },
          },
        ],
        {},
      );
      await session.close();
      const { rows } = await sql`select raw from call_records where account = 'no raw'`.execute(db);
      expect(rows).toEqual([{ raw: null }]);
    });
  });

  it(
    "reports a server that cannot be reached as a retryable CheckpointError without the password",
    { tags: ["slow"] },
    async () => {
      const pool = new pg.Pool({ host: "127.0.0.1", port: 1, user: "reader", password: "hunter2", database: "calls" });
      const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
      const error: unknown = await sqlDestination(db)
        .open(ACCOUNT)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CheckpointError);
      expect(error).toMatchObject({ account: "hotline", retryable: true });
      expect(String(error)).toContain("hotline: The database cannot be reached, or the connection was lost.");
      expect(String(error)).not.toContain("hunter2");
      await db.destroy();
    },
  );

  it.each([
    [{ leaseSeconds: 0 }, "option `leaseSeconds`: must be at least 1"],
    [{ leaseSeconds: 1.5 }, "option `leaseSeconds`: must be a whole number"],
    [{ schema: "" }, "option `schema`: must not be empty"],
    [{ mask: { key: "short" } }, "option `mask.key`: must be a text or a Uint8Array of at least 16 bytes"],
    [{ forgetKey: "" }, "option `forgetKey`: must be a text or a Uint8Array of at least 16 bytes"],
    [{ lease: 5 }, "lease"],
  ])("refuses the options %o", (options, message) => {
    const create = () => sqlDestination(database.connect(), options as SqlDestinationOptions);
    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(message);
  });

  it("refuses a pool in place of a Kysely instance", () => {
    const create: (db: unknown) => unknown = sqlDestination as never;
    expect(() => create(new pg.Pool())).toThrow(
      "argument `db`: must be a Kysely instance of the version 0.28 or later",
    );
  });
});
