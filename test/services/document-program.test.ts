import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { startVendorEmulator } from "call-records/testing";
import { afterAll, expect, it } from "vitest";
import { mariaDbServer } from "../destinations/sql/databases.js";
import { documents, root } from "../documents.js";
import { runExample } from "../examples/example-process.js";

/** Within the examples, where imports are resolved. Removed after the tests. */
const folder = join(root, "examples", "readme-mysql");
const redisFolder = join(root, "examples", "readme-redis");
const database = await mariaDbServer();

afterAll(async () => {
  for (const path of [folder, redisFolder]) await rm(path, { force: true, recursive: true });
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
