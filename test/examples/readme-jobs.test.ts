import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { idsOf } from "../client/truth.js";
import { outcomeOf } from "../outcome.js";
import { openPostgres, type Postgres } from "./postgres.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const HOUR = 3_600_000;
const jobs = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/```ts\n(.*?)```/gs)]
  .map(([, code]) => code ?? "")
  .filter((code) => code.includes("client.sync("));
const names = ["readme-nightly.ts", "readme-five-minutes.ts"];
/** Within the examples, where imports are found; gone with the test. */
const files = names.map((name) => join(root, "examples", name));

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Where the jobs are run, and keep their state. */
let folder = "";
let postgres: Postgres;
let emulator: VendorEmulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "call-records-"));
  postgres = await openPostgres();
  await postgres.query(
    "CREATE TABLE calls (account text, application text, id text, record jsonb, PRIMARY KEY (account, application, id))",
  );
  // All of them are over: the truth stands still, whatever the time.
  // One with what PostgreSQL does not take.
  const calls = Array.from({ length: 200 }, (_, index) => ({
    startedAt: new Date(Date.now() - (1 + index / 8) * HOUR),
    ...(index === 3 && { row: { remark: "a\0b\ud83d", Remark: "a\0b\ud83d", callData: "a\0b\ud83d" } }),
  }));
  emulator = await startVendorEmulator({
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls },
  });
  for (const [index, file] of files.entries()) writeFileSync(file, onlyLately(jobs[index] ?? ""));
}, 60_000);

afterAll(async () => {
  await Promise.all([...files, folder].map((path) => rm(path, { force: true, recursive: true })));
  await postgres.query("DROP TABLE calls");
  await postgres.close();
  await emulator.close();
});

/** The job, from ten days ago on: what it reads does not depend on when the test is run. */
function onlyLately(job: string): string {
  return job.replace(/"2026-10-01T[^"]*"/, JSON.stringify(new Date(Date.now() - 10 * 24 * HOUR).toISOString()));
}

function start(file: string) {
  const job = spawn(process.execPath, ["--import", tsx, file], {
    cwd: folder,
    env: {
      ...process.env,
      ...emulator.environment(),
      DATABASE_URL: postgres.database.connectionString,
      TSX_TSCONFIG_PATH: join(root, "tsconfig.json"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { job, outcome: outcomeOf(job) };
}

async function expectWholeTable(): Promise<void> {
  const rows = await postgres.query("SELECT id FROM calls");
  expect(idsOf(rows.map(({ id }) => ({ id: id as string })))).toEqual(
    idsOf(Object.values(emulator.truth).flatMap((vendor) => vendor.calls)),
  );
}

describe("the README's jobs", () => {
  it("are two, of at most twenty lines each", () => {
    expect(jobs.map((job) => job.trim().split("\n").length)).toEqual([expect.any(Number), expect.any(Number)]);
    for (const job of jobs) expect(job.trim().split("\n").length).toBeLessThanOrEqual(20);
  });

  it("fill the table every night", async () => {
    const { code, stdout, stderr } = await start(files[0] ?? "").outcome;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("tencent-ccc complete 200");
    await expectWholeTable();
  });

  it("go on with it every five minutes, and end when they are told to", async () => {
    await postgres.query("DELETE FROM calls WHERE account = 'itniotech'");
    await rm(join(folder, "calls.checkpoint"));
    const requests = emulator.requests.length;
    const { job, outcome } = start(files[1] ?? "");
    // It is in the middle of its pass, or has ended it.
    while (emulator.requests.length < requests + 12 && job.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    job.kill("SIGTERM");
    expect((await outcome).code).toBe(0);
    const { code } = await start(files[0] ?? "").outcome;
    expect(code).toBe(0);
    await expectWholeTable();
  });
});
