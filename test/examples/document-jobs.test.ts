import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
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
const jobs = programs.filter((code) => code.includes("FileCheckpointStore("));
const [toFile, nightly, everyFiveMinutes] = ["to-file.ts", "nightly.ts", "five-minutes.ts"].map((name) =>
  join(examples, name),
) as [string, string, string];

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** The working folder of the jobs, where they keep their state. */
let folder = "";
let postgres: Postgres;
let emulator: VendorEmulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "call-records-"));
  postgres = await openPostgres();
  await postgres.query(
    "CREATE TABLE calls (account text, application text, id text, record jsonb, PRIMARY KEY (account, application, id))",
  );
  // All calls have ended, so the truth does not change while the jobs run. One of them contains text that PostgreSQL does not accept.
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
  for (const [index, file] of [toFile, nightly, everyFiveMinutes].entries())
    await writeFile(file, withRecentStart(jobs[index] ?? ""));
}, 60_000);

afterAll(async () => {
  await Promise.all([examples, folder].map((path) => rm(path, { force: true, recursive: true })));
  await postgres.query("DROP TABLE calls");
  await postgres.close();
  await emulator.close();
});

/** Returns the job with a start ten days ago, so that the amount of data does not depend on when the test runs. */
function withRecentStart(job: string): string {
  return job.replace(
    /"20\d\d-\d\d-\d\dT[^"]*"/,
    JSON.stringify(new Date(Date.now() - 10 * 24 * HOUR_MS).toISOString()),
  );
}

function start(file: string) {
  const variables = {
    ...emulator.environment(),
    DATABASE_URL: postgres.database.connectionString,
    TSX_TSCONFIG_PATH: join(root, "tsconfig.json"),
  };
  const job = spawn(process.execPath, ["--import", tsx, file], {
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
  const rows = await postgres.query("SELECT id FROM calls");
  expectAllCalls(rows.map(({ id }) => ({ id: id as string })));
}

describe("the jobs in the documents", () => {
  it("are those of the README and of docs/sync.md", () => {
    expect(jobs).toHaveLength(3);
  });

  it("append the calls to a file", async () => {
    const { code, stderr } = await start(toFile).outcome;
    expect(code, stderr).toBe(0);
    const lines = (await readFile(join(folder, "calls.ndjson"), "utf8")).trim().split("\n");
    expectAllCalls(lines.map((line) => (JSON.parse(line) as { record: { id: string } }).record));
    await rm(join(folder, "calls.checkpoint"));
  });

  it("fill the table every night", async () => {
    const { code, stdout, stderr } = await start(nightly).outcome;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("tencent-ccc complete 200");
    await expectWholeTable();
  });

  it("continue every five minutes, and stop on SIGTERM", async () => {
    await postgres.query("DELETE FROM calls WHERE account = 'itniotech'");
    await rm(join(folder, "calls.checkpoint"));
    const requests = emulator.requests.length;
    const { job, outcome } = start(everyFiveMinutes);
    // The job is now in the middle of its pass, or has completed it.
    while (emulator.requests.length < requests + 12 && job.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    job.kill("SIGTERM");
    expect((await outcome).code).toBe(0);
    const { code } = await start(nightly).outcome;
    expect(code).toBe(0);
    await expectWholeTable();
  });
});
