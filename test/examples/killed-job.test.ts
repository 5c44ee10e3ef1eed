import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { expect, it } from "vitest";
import { CallRecordsClient } from "call-records";
import { startVendorEmulator } from "call-records/testing";
import { syncCalls } from "../../examples/sync-embedded/sync-calls.js";
import { idsOf } from "../client/truth.js";
import { startExample } from "./example-process.js";

const HOUR = 3_600_000;
/** All of them are over: the truth stands still, whatever the time. */
const calls = Array.from({ length: 400 }, (_, index) => ({ startedAt: new Date(Date.now() - (24 + index) * HOUR) }));

/** Resolves when the file holds more than empty tables, and has stayed as it is for a while. */
async function grownAndQuiet(path: string): Promise<void> {
  for (let size = 0, quiet = 0; quiet < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const present = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    quiet = present === size && present > 200_000 ? quiet + 1 : 0;
    size = present;
  }
}

it("a job with SQLite goes on where one ended that was killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "call-records-"));
  const file = join(folder, "calls.db");
  const emulator = await startVendorEmulator({
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls },
    requestsPerSecond: { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity },
  });
  emulator.inject("stalled-header", { vendor: "itniotech" });
  const { child, outcome } = startExample("sync-embedded", [file], emulator.environment());
  // One vendor does not answer: what the job wrote of the others is committed when no more comes.
  await grownAndQuiet(`${file}-wal`);
  child.kill("SIGKILL");
  await outcome;
  expect(child.signalCode).toBe("SIGKILL");
  expect(existsSync(`${file}.lock`)).toBe(true);

  const client = new CallRecordsClient({ providers: emulator.providers() });
  const rest = await syncCalls(client, file, { from: new Date(Date.now() - 30 * 24 * HOUR) });
  const database = new sqlite.Database(file);
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  const ids = database.all("SELECT id FROM call_records").map(({ id }) => ({ id: id as string }));
  database.close();
  expect(idsOf(ids)).toEqual(idsOf(Object.values(emulator.truth).flatMap((vendor) => vendor.calls)));
  // A kill within the last COMMIT leaves all to the rest.
  expect(rest).toBeGreaterThan(0);

  await client.close();
  await emulator.close();
  await rm(folder, { recursive: true });
});
