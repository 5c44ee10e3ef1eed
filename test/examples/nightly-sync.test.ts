import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { afterAll, describe, expect, it } from "vitest";
import { type CallRecordsClient, FileCheckpointStore } from "call-records";
import { startVendorEmulator, type VendorEmulator, type VendorId } from "call-records/testing";
import { type NightlyJob, type NightlySummary, syncNightly } from "../../examples/nightly-sync/nightly-sync.js";
import {
  DAY,
  daysAgo,
  HOUR,
  NOW,
  openClient,
  openStage,
  type StageOptions,
  tencentAt,
  huaweiAt,
  itniotechAt,
} from "../client/stage.js";
import { idsOf, factsOf, truthOf, within } from "../client/truth.js";
import { MemoryDestination } from "../destinations/memory-destination.js";
import { startExample } from "./example-process.js";

const VENDORS: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];

/** Opens three vendors and a table in memory, and returns a function that runs the job of one night. */
async function openScene(options: StageOptions = {}) {
  const stage = await openStage({ ...options, emulator: { days: 12, callsPerDay: 40, ...options.emulator } });
  const destination = new MemoryDestination();
  const { storage } = destination;
  const job: NightlyJob = {
    from: daysAgo(10),
    totalTimeoutMs: 6 * HOUR,
    maxLagHours: 72,
    now: stage.clock.now,
  };
  const night = (changes: Partial<NightlyJob> = {}, client: CallRecordsClient = stage.client) =>
    syncNightly(client, destination, { ...job, ...changes });
  const expectInStep = (vendors = VENDORS) => {
    for (const vendor of vendors) {
      const own = [...storage.calls.values()].filter(({ account }) => account === vendor);
      expect(factsOf(own)).toEqual(
        truthOf(within(stage.emulator.truth[vendor].calls, job.from, new Date(stage.clock.now()))),
      );
    }
  };
  return { ...stage, storage, night, expectInStep };
}

const accountOf = ({ accounts }: NightlySummary, account: VendorId) => accounts.find((one) => one.account === account);

describe("a nightly sync", () => {
  it("synchronizes the table every night, and reports the time before which it is settled", async () => {
    const late = { startedAt: new Date(NOW - 5 * HOUR), listedFrom: new Date(NOW + 3 * HOUR) };
    const { clock, night, storage, expectInStep } = await openScene({ emulator: { calls: { itniotech: [late] } } });
    const first = await night();
    expect(first).toMatchObject({
      job: "nightly-sync",
      status: "ok",
      inserted: storage.calls.size,
      updated: 0,
      error: null,
    });
    expect(first.accounts).toEqual(
      VENDORS.map((account) => ({
        account,
        status: "complete",
        error: null,
        settledBefore: new Date(NOW - 60 * HOUR).toISOString(),
        lagHours: 60,
      })),
    );
    expectInStep();

    clock.advance(DAY);
    expect(await night()).toMatchObject({ status: "ok", inserted: 1, accounts: VENDORS.map(() => ({ lagHours: 60 })) });
    expectInStep();
  });

  it("reports an account that is behind after a failure, and recovers in the next night", async () => {
    const { emulator, clock, night, expectInStep } = await openScene();
    await night();
    clock.advance(DAY);
    const providers = [tencentAt(emulator), huaweiAt(emulator), itniotechAt(emulator, { apiSecret: "not-the-secret" })];
    const bad = await night({}, openClient({ providers, clock }));
    expect(bad).toMatchObject({ status: "behind", error: null });
    expect(accountOf(bad, "itniotech")).toMatchObject({
      status: "failed",
      lagHours: 84,
      error: expect.stringContaining("itniotech") as string,
    });
    expect(accountOf(bad, "huawei-cec")).toMatchObject({ status: "complete", lagHours: 60 });
    expectInStep(["tencent-ccc", "huawei-cec"]);

    expect(await night()).toMatchObject({ status: "ok" });
    expectInStep();
  });

  it("is only `incomplete` while the missing calls are younger than the maximum lag", async () => {
    const faulty = { startedAt: new Date(NOW - HOUR), row: { callStartTime: "soon" } };
    const { clock, night } = await openScene({ emulator: { calls: { itniotech: [faulty] } } });
    expect(await night()).toMatchObject({ status: "incomplete", error: null });
    clock.advance(4 * DAY);
    const later = await night();
    expect(later.status).toBe("behind");
    expect(accountOf(later, "itniotech")?.lagHours).toBeGreaterThan(72);
  });

  it("reports ranges past the retention once", async () => {
    const { night } = await openScene();
    for (const status of ["lost", "ok"]) {
      const summary = await night({ from: daysAgo(200) });
      expect(summary.status).toBe(status);
      expect(accountOf(summary, "tencent-ccc")).toMatchObject({ lagHours: 60 });
    }
  });

  it("is incomplete while another writer holds the lease of an account, and writes nothing of it", async () => {
    const { night, storage, expectInStep } = await openScene();
    storage.leases.set("itniotech", -1);
    const summary = await night();
    expect(summary).toMatchObject({ status: "behind", error: null });
    expect(accountOf(summary, "itniotech")).toMatchObject({
      status: "failed",
      error: expect.stringContaining("another writer") as string,
    });
    storage.leases.delete("itniotech");
    expect(await night()).toMatchObject({ status: "ok" });
    expectInStep();
  });

  it("is behind if a write of an account fails, and the next night writes the missing calls", async () => {
    const { night, storage, expectInStep } = await openScene();
    storage.failAt = 2;
    expect(await night()).toMatchObject({ status: "behind" });
    expect(await night()).toMatchObject({ status: "ok" });
    expectInStep();
  });

  it("ends at its timeout", async () => {
    const { emulator, clock, night, expectInStep } = await openScene();
    emulator.inject("stalled-header", { vendor: "itniotech" });
    const ending = night();
    // The request without a response has been sent.
    while (!emulator.requests.some(({ vendor }) => vendor === "itniotech")) await new Promise(setImmediate);
    clock.advance(6 * HOUR);
    expect(await ending).toMatchObject({
      status: "failed",
      error: expect.stringContaining("totalTimeoutMs") as string,
    });
    expect(await night()).toMatchObject({ status: "ok" });
    expectInStep();
  });
});

describe("the example", () => {
  const calls = Array.from({ length: 300 }, (_, index) => ({ startedAt: new Date(Date.now() - (72 + index) * HOUR) }));
  const closing: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function open() {
    const folder = await mkdtemp(join(tmpdir(), "call-records-"));
    // All calls have ended, so the truth does not change with time.
    const emulator = await startVendorEmulator({
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls },
      requestsPerSecond: { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity },
    });
    closing.push(
      () => emulator.close(),
      () => rm(folder, { recursive: true }),
    );
    return { emulator, path: join(folder, "calls.db") };
  }

  function start(emulator: VendorEmulator, path: string) {
    const { child, outcome } = startExample("nightly-sync", [path], emulator.environment());
    const ended = outcome.then(({ code, stdout, stderr }) => {
      expect(stdout, stderr).toMatch(/^\{.*\}\n$/);
      return { code, summary: JSON.parse(stdout) as NightlySummary };
    });
    return { child, ended };
  }

  function idsIn(path: string) {
    const database = new sqlite.Database(path);
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    const rows = database.all("SELECT id FROM call_records");
    database.close();
    return idsOf(rows.map(({ id }) => ({ id: id as string })));
  }

  it("ends on SIGTERM with a summary, and the next run continues from there", { timeout: 60_000 }, async () => {
    const { emulator, path } = await open();
    emulator.inject("stalled-header", { vendor: "itniotech" });
    const { child, ended } = start(emulator, path);
    while (!emulator.requests.some(({ vendor }) => vendor === "itniotech") && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 143, summary: { status: "stopped" } });

    const { code, summary } = await start(emulator, path).ended;
    expect({ code, summary }).toMatchObject({ code: 0, summary: { status: "ok", error: null } });
    expect(idsIn(path)).toEqual(idsOf(Object.values(emulator.truth).flatMap((vendor) => vendor.calls)));
  });

  it("does not start while another process runs, and names that process", { timeout: 60_000 }, async () => {
    const { emulator, path } = await open();
    const unlock = await new FileCheckpointStore(`${path}.job`).lock("nightly-sync");
    const { code, stdout, stderr } = await startExample("nightly-sync", [path], emulator.environment()).outcome;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`by process ${process.pid}`);
    expect(emulator.requests).toEqual([]);
    await unlock();
  });
});
