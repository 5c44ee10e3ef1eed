import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { scheduleSyncs, startSyncWorker } from "call-records/bullmq";
import { sqlDestination } from "call-records/sql";
import type { VendorEmulator } from "call-records/testing";
import { closeWithFile } from "../../closing.js";
import { postgresServer } from "../../destinations/sql/databases.js";
import { MemoryDestination } from "../../destinations/memory-destination.js";
import { Fleet, FROM, passOf, providersOf, startVendors, until } from "./fleet.js";
import type { WorkerTask } from "./processes/worker.js";

const database = await postgresServer();
const db = database.connect();
await sqlDestination(db).migrate();
closeWithFile(() => database.drop());

const schedule = (fleet: Fleet, accounts: readonly string[]) =>
  scheduleSyncs({ ...fleet.options, accounts, from: FROM, everyMs: 600_000 });

const storedCalls = async (account: string) => {
  const { rows } = await sql<{ id: string }>`select id from call_records where account = ${account}`.execute(db);
  return rows.map(({ id }) => id).sort();
};

/** Starts a process with one worker. */
function startProcess(fleet: Fleet, emulator: VendorEmulator<"itniotech">, concurrency: number) {
  const task: WorkerTask = {
    redisPort: fleet.server.port,
    queueName: fleet.queueName,
    database: database.location,
    endpoint: emulator.endpoints.itniotech,
    concurrency,
    accounts: Object.fromEntries([...emulator.accounts].map(([label, { credentials }]) => [label, credentials])),
  };
  const file = fileURLToPath(new URL("processes/worker.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  closeWithFile(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  return { child, printed: (line: string) => until(line, () => (lines.includes(line) ? true : undefined)) };
}

it("waits for running passes when it is closed, and takes no further job", async () => {
  const emulator = await startVendors({ itniotech: ["one", "two"] }, { latencyMs: 200 });
  const fleet = await Fleet.open();
  await schedule(fleet, ["one", "two"]);
  const worker = startSyncWorker({
    ...fleet.options,
    destination: new MemoryDestination(),
    provider: providersOf(emulator),
    concurrency: 1,
  });
  await until("a request", () => emulator.requests[0]);
  const startedAt = performance.now();
  await worker.close();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(await fleet.queue.getJobCounts("active", "completed", "waiting")).toMatchObject({
    active: 0,
    completed: 1,
    waiting: 1,
  });
  expect(passOf((await fleet.queue.getCompleted())[0] ?? expect.fail("There is no job.")).report.status).toBe(
    "complete",
  );
});

it("returns passes that do not end to the queue within ten seconds, and another worker makes them", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  emulator.inject("stalled-header", { times: 1 });
  const fleet = await Fleet.open();
  const destination = new MemoryDestination();
  await schedule(fleet, ["one"]);
  const options = { ...fleet.options, destination, provider: providersOf(emulator) };
  const worker = startSyncWorker(options);
  await until("a request", () => emulator.requests[0]);
  const startedAt = performance.now();
  await worker.close();
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(destination.storage.leases.size).toBe(0);
  const [returned] = (await fleet.jobs("one", "delayed", "waiting")).filter(
    ({ processedOn }) => processedOn !== undefined,
  );
  expect(returned).toMatchObject({ attemptsMade: 0 });
  const other = startSyncWorker(options);
  onTestFinished(() => other.close(), 30_000);
  const completed = await fleet.completed("one");
  expect(completed.id).toBe(returned?.id);
  expect(destination.storage.calls.size).toBe(emulator.truth.itniotech.calls.length);
});

it("closes within ten seconds although Redis does not respond", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  emulator.inject("stalled-header", { times: 1 });
  const fleet = await Fleet.open();
  await schedule(fleet, ["one"]);
  const destination = new MemoryDestination();
  const options = { ...fleet.options, destination, provider: providersOf(emulator), onError: () => undefined };
  const worker = startSyncWorker(options);
  await until("a request", () => emulator.requests[0]);
  fleet.server.suspend();
  onTestFinished(() => {
    fleet.server.resume();
  });
  const startedAt = performance.now();
  await worker.close();
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

it("closes a process that receives SIGTERM", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  const fleet = await Fleet.open();
  const { child, printed } = startProcess(fleet, emulator, 5);
  await printed("started");
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await printed("closed");
  expect(await exited).toBe(0);
});

it("lets another worker take over the job of a killed one, once its lease has expired", async () => {
  const emulator = await startVendors({ itniotech: ["killed"] });
  const fleet = await Fleet.open();
  emulator.inject("stalled-header", { times: 1 });
  await schedule(fleet, ["killed"]);
  const first = startProcess(fleet, emulator, 5);
  await until("a request", () => emulator.requests[0]);
  first.child.kill("SIGKILL");
  const killedAt = performance.now();
  startProcess(fleet, emulator, 5);
  const job = await until("a completed job", async () => (await fleet.jobs("killed", "completed"))[0], 45_000);
  expect(performance.now() - killedAt).toBeLessThan(40_000);
  expect(passOf(job).report.status).toBe("complete");
  expect(await storedCalls("killed")).toEqual(emulator.truth.itniotech.calls.map(({ id }) => id).sort());
});
