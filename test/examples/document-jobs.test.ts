import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sqlite from "node-sqlite3-wasm";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idsOf } from "../client/truth.js";
import { documents, root } from "../documents.js";
import { outcomeOf } from "../outcome.js";
import { openPostgres, type Postgres } from "./postgres.js";

const HOUR_MS = 3_600_000;
/** Within the examples, where imports are resolved. Removed after the tests. */
const examples = join(root, "examples", "readme-jobs");
const programs = documents.filter(({ path }) => path !== "README.zh-CN.md").flatMap((document) => document.programs);
/** Each job, by a text that only this job contains. test/services runs the one for MySQL. */
const TEXTS = {
  toFile: /FileCheckpointStore\([^]*\.sync\(/,
  nightly: /pg\.Pool[^]*process\.exitCode/,
  everyFiveMinutes: /sleep\(300_000/,
  toPostgres: /pg\.Pool[^]*changed calls/,
  toSqlite: /sqlite\.Database[^]*changed calls/,
  importing: /importCheckpoints\(/,
  forgetting: /destination\.forget\(/,
  auditing: /auditDestination\(/,
  toMySql: /createPool/,
  toOwnTables: /INTO positions/,
};
type Job = keyof typeof TEXTS;
const fileOf = (job: Job) => join(examples, `${job}.ts`);

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** The working folder of the jobs, where they keep their state. */
let folder = "";
let postgres: Postgres;
let emulator: VendorEmulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "call-records-"));
  postgres = await openPostgres();
  // All calls have ended, so the truth does not change while the jobs run. One of them contains text that databases do not accept.
  const text = "a\0b\ud83d";
  const calls = Array.from({ length: 200 }, (_, index) => ({
    startedAt: new Date(Date.now() - (1 + index / 8) * HOUR_MS),
    ...(index === 3 && { row: { remark: text, Remark: text, callData: text } }),
  }));
  emulator = await startVendorEmulator({
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls },
  });
  await mkdir(examples, { recursive: true });
  for (const [job, text] of Object.entries(TEXTS) as [Job, RegExp][])
    await writeFile(fileOf(job), prepared(programs.find((code) => text.test(code)) ?? ""));
}, 60_000);

afterAll(async () => {
  await Promise.all([examples, folder].map((path) => rm(path, { force: true, recursive: true })));
  await dropTables();
  await postgres.close();
  await emulator.close();
});

/**
 * Returns the job with a start ten days ago, so that the amount of data does not depend on when the test runs, and with one connection: those of the embedded
 * server share one session, which mixes up their statements.
 */
function prepared(job: string): string {
  const start = new Date(Date.now() - 10 * 24 * HOUR_MS).toISOString();
  return job
    .replace(/"20\d\d-\d\d-\d\dT[^"]*"/, JSON.stringify(start))
    .replace("connectionString: process.env.DATABASE_URL", "$&, max: 1");
}

/** Removes the tables, for the server in `TEST_DATABASE_URL`. */
async function dropTables(): Promise<void> {
  await postgres.query("DROP VIEW IF EXISTS call_missed, call_metrics_daily");
  await postgres.query(
    "DROP TABLE IF EXISTS call_records, call_legs, call_recordings, call_sync_checkpoints, call_sync_locks, call_sync_schema, call_forgotten",
  );
}

function start(name: Job) {
  const variables = {
    ...emulator.environment(),
    DATABASE_URL: postgres.database.connectionString,
    MASK_KEY: "a key of the tests with 32 bytes",
    TSX_TSCONFIG_PATH: join(root, "tsconfig.json"),
  };
  const job = spawn(process.execPath, ["--import", tsx, fileOf(name)], {
    cwd: folder,
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { job, outcome: outcomeOf(job) };
}

function expectAllCalls(ids: { id: string }[]): void {
  expect(idsOf(ids)).toEqual(idsOf(Object.values(emulator.truth).flatMap((vendor) => vendor.calls)));
}

async function expectWholeTable(): Promise<void> {
  const rows = await postgres.query("SELECT id FROM call_records");
  expectAllCalls(rows.map(({ id }) => ({ id: id as string })));
}

describe("the jobs in the documents", () => {
  it("are all known", () => {
    // test/services runs the programs of a queue.
    const others = programs.filter((code) => !code.includes("call-records/bullmq"));
    const jobs = others.filter((code) => /FileCheckpointStore\(|call-records\/sql|from "pg"/.test(code));
    const found = Object.values(TEXTS).map((text) => jobs.filter((code) => text.test(code)).length);
    expect(found).toEqual(Object.values(TEXTS).map(() => 1));
    expect(jobs).toHaveLength(found.length);
  });

  it("append the calls to a file", async () => {
    const { code, stderr } = await start("toFile").outcome;
    expect(code, stderr).toBe(0);
    const lines = (await readFile(join(folder, "calls.ndjson"), "utf8")).trim().split("\n");
    expectAllCalls(lines.map((line) => (JSON.parse(line) as { record: { id: string } }).record));
  });

  it("move the checkpoints of the file into a database", async () => {
    const { code, stdout, stderr } = await start("importing").outcome;
    expect(code, stderr).toBe(0);
    const accounts = ["huawei-cec", "itniotech", "tencent-ccc"];
    expect(stdout.trim().split("\n").sort()).toEqual(accounts.map((account) => `${account} ${account} true`));
    const database = new sqlite.Database(join(folder, "copy.db"));
    const heads = database.all("SELECT account FROM call_sync_checkpoints WHERE name = 'head' ORDER BY account");
    database.close();
    expect(heads).toEqual(accounts.map((account) => ({ account })));
  });

  it("fill a file of SQLite", async () => {
    const { code, stdout, stderr } = await start("toSqlite").outcome;
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("600 new calls, 0 changed calls\n");
    const database = new sqlite.Database(join(folder, "calls.db"));
    expectAllCalls(database.all("SELECT id FROM call_records") as { id: string }[]);
    database.close();
  });

  it("fill PostgreSQL", async () => {
    const { code, stdout, stderr } = await start("toPostgres").outcome;
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("600 new calls, 0 changed calls\n");
    await expectWholeTable();
  });

  it("fill their own tables, and continue from their own checkpoints", async () => {
    const pass = async () => {
      const { code, stderr } = await start("toOwnTables").outcome;
      expect(code, stderr).toBe(0);
    };
    await pass();
    const rows = await postgres.query("SELECT key FROM calls");
    expectAllCalls(rows.map(({ key }) => ({ id: String(key).split("/").at(-1) ?? "" })));
    // The second pass finds no change, so it writes no call.
    await postgres.query("UPDATE calls SET talk = -1");
    await pass();
    expect(await postgres.query("SELECT 1 FROM calls WHERE talk <> -1")).toEqual([]);
    await postgres.query("DROP TABLE calls, positions");
  });

  it("fill the tables every night", async () => {
    await dropTables();
    const { code, stdout, stderr } = await start("nightly").outcome;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("tencent-ccc complete 200");
    await expectWholeTable();
  });

  it("compare a database with the vendors", async () => {
    const { code, stdout, stderr } = await start("auditing").outcome;
    expect(code, stderr).toBe(0);
    // The calls of the last day are not settled, and the sync has not read the weeks before its start.
    expect(stdout).toContain("tencent-ccc { calls: 0, missing: 0, changed: 0, delisted: 0 }");
    expect(stdout).toMatch(/reason: 'unsynced'[^]*reason: 'unsettled'/);
  });

  it("fill masked tables, and delete a customer", async () => {
    await dropTables();
    const { code, stdout, stderr } = await start("forgetting").outcome;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^\d+ calls deleted$/m);
    expect(await postgres.query("SELECT 1 FROM call_records WHERE customer_number NOT LIKE 'masked-%'")).toEqual([]);
    expect(
      (await postgres.query("SELECT 1 FROM call_records WHERE customer_number IS NOT NULL")).length,
    ).toBeGreaterThan(500);
    expect((await postgres.query("SELECT 1 FROM call_forgotten")).length).toBeGreaterThan(1);
  });

  it("continue every five minutes, and stop on SIGTERM", async () => {
    await dropTables();
    const requests = emulator.requests.length;
    const { job, outcome } = start("everyFiveMinutes");
    // The job is now in the middle of its pass, or has completed it.
    while (emulator.requests.length < requests + 12 && job.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    job.kill("SIGTERM");
    const { code: exitCode, stderr } = await outcome;
    expect(exitCode, stderr).toBe(0);
    const { code, stdout, stderr: errors } = await start("nightly").outcome;
    expect(code, stdout + errors).toBe(0);
    await expectWholeTable();
  });
});
