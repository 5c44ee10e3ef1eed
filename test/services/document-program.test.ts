import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { startVendorEmulator } from "call-records/testing";
import { afterAll, expect, it } from "vitest";
import { mariaDbServer, postgresServer } from "../destinations/sql/databases.js";
import { documents, root } from "../documents.js";
import { runExample, startExample } from "../examples/example-process.js";
import { until } from "./bullmq/fleet.js";
import { OwnRedis } from "./redis/redis-server.js";

/** Within the examples, where imports are resolved. Removed after the tests. */
const folder = join(root, "examples", "readme-mysql");
const redisFolder = join(root, "examples", "readme-redis");
const database = await mariaDbServer();

const queueFolder = join(root, "examples", "readme-bullmq");

afterAll(async () => {
  for (const path of [folder, redisFolder, queueFolder]) await rm(path, { force: true, recursive: true });
  await database.drop();
});

it("the program for MySQL in docs/sql.md fills the tables", async () => {
  const program = documents.flatMap(({ programs }) => programs).find((code) => code.includes("createPool"));
  const start = new Date(Date.now() - 10 * 86_400_000).toISOString();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "run.ts"), (program ?? "").replace(/20\d\d-\d\d-\d\dT[^"]*/, start));
  const emulator = await startVendorEmulator({ days: 5, callsPerDay: 20, activeCalls: 0 });
  const db = database.connect();
  const { rows } = await sql<{ name: string }>`select database() as name`.execute(db);
  const { code, stdout, stderr } = await runExample("readme-mysql", [], {
    ...emulator.environment(),
    DATABASE_URL: `mysql://root@127.0.0.1:3306/${rows[0]?.name}`,
  });
  await emulator.close();
  expect(code, stderr).toBe(0);
  const stored = await sql<{ calls: number }>`select count(*) as calls from call_records`.execute(db);
  const calls = Object.values(emulator.truth).flatMap((vendor) => vendor.calls);
  expect(Number(stored.rows[0]?.calls)).toBe(calls.length);
  expect(stdout).toBe(`${calls.length} new calls, 0 changed calls\n`);
});

it("the program in docs/scale.md reads calls with a rate limit in Redis", async () => {
  const program = documents.flatMap(({ programs }) => programs).find((code) => code.includes("call-records/redis"));
  await mkdir(redisFolder, { recursive: true });
  await writeFile(join(redisFolder, "run.ts"), program ?? "");
  const emulator = await startVendorEmulator({
    days: 20,
    callsPerDay: 50,
    now: () => Date.parse("2026-11-30T00:00:00Z"),
  });
  const { code, stdout, stderr } = await runExample("readme-redis", [], {
    ...emulator.environment(),
    // The program uses the default prefix, so another database keeps it apart from other users of the server.
    REDIS_URL: "redis://127.0.0.1:6379/15",
  });
  await emulator.close();
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^[1-9]\d+ calls with an outcome\n$/);
});

it("the programs in docs/scale.md schedule accounts and sync them", async () => {
  const programs = documents
    .flatMap((document) => document.programs)
    .filter((code) => code.includes("call-records/bullmq"));
  expect(programs).toHaveLength(2);
  const start = new Date(Date.now() - 10 * 86_400_000).toISOString();
  await mkdir(queueFolder, { recursive: true });
  for (const [index, program] of programs.entries())
    await writeFile(join(queueFolder, `program-${index}.ts`), program.replace(/20\d\d-\d\d-\d\dT[^"]*/, start));
  const emulator = await startVendorEmulator({ vendors: ["itniotech"], days: 5, callsPerDay: 20, activeCalls: 0 });
  const server = await OwnRedis.start();
  const tables = await postgresServer();
  const db = tables.connect();
  const environment = {
    ...emulator.environment(),
    REDIS_URL: `redis://127.0.0.1:${server.port}`,
    DATABASE_URL: `postgres://postgres@127.0.0.1:5432/${tables.location}`,
  };
  const scheduled = await runExample("readme-bullmq/program-0.ts", [], environment);
  expect(scheduled.stdout).toContain("added: [ 'tenant-1', 'tenant-2' ]");
  const worker = startExample("readme-bullmq/program-1.ts", [], environment);
  const calls = emulator.truth.itniotech.calls.length;
  // Both accounts use the same keys in this test.
  await until("the calls of two accounts", async () => {
    const found = await sql<{ calls: string }>`select count(*) as calls from call_records`
      .execute(db)
      .catch(() => null);
    return Number(found?.rows[0]?.calls) === 2 * calls ? true : undefined;
  });
  worker.child.kill("SIGTERM");
  const { code, stderr } = await worker.outcome;
  expect(code, stderr).toBe(0);
  await emulator.close();
  await tables.drop();
});
