import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, describe, expect, it } from "vitest";
import { month } from "call-records";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { monthsBefore } from "../../examples/months-before.js";
import { idsOf, within } from "../client/truth.js";
import { startExample } from "./example-process.js";

const ZONE = "Asia/Shanghai";
const DAY_MS = 86_400_000;
const MONTHS = monthsBefore(new Date(), 2, ZONE);
const RANGE = { from: month(MONTHS[0] ?? "", ZONE).from, to: month(MONTHS[1] ?? "", ZONE).to };
/** In the first days of a month, the month before is not settled. */
const isSettled = Date.now() - RANGE.to.getTime() > 4 * DAY_MS;

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open() {
  const [from, to] = [RANGE.from.getTime(), RANGE.to.getTime()];
  const calls = Array.from({ length: 300 }, (_, index) => ({
    startedAt: new Date(from + (index * (to - from)) / 300),
  }));
  const folder = await mkdtemp(join(tmpdir(), "call-records-"));
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
  const start = (variables: Record<string, string> = {}) =>
    startExample("backfill", [folder, "2"], { ...emulator.environment(), ...variables });
  return { emulator, folder, start };
}

/** Checks that the files contain each call of the two months once. */
async function expectEveryCallOnce(emulator: VendorEmulator, folder: string): Promise<void> {
  const ids: { id: string }[] = [];
  for (const name of await readdir(folder)) {
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(join(folder, name)),
      columns: ["id", "started_at"],
    });
    const times = rows.map(({ started_at }) => (started_at as Date).getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const ofMonth = month(/\d{4}-\d{2}/.exec(name)?.[0] ?? "", ZONE);
    expect(times.every((time) => time >= ofMonth.from.getTime() && time < ofMonth.to.getTime())).toBe(true);
    ids.push(...rows.map(({ id }) => ({ id: id as string })));
  }
  const truth = Object.values(emulator.truth).flatMap(({ calls }) => calls);
  expect(idsOf(ids)).toEqual(idsOf(within(truth, RANGE.from, RANGE.to)));
}

it.each([
  ["2026-11-20T04:00:00Z", 2, ["2026-09", "2026-10"]],
  ["2026-01-15T00:00:00Z", 3, ["2025-10", "2025-11", "2025-12"]],
  // In Shanghai it is already December.
  ["2026-11-30T16:00:00Z", 1, ["2026-11"]],
  ["2026-11-30T15:59:59Z", 1, ["2026-10"]],
])("monthsBefore(%s, %i) returns %j", (now, count, months) => {
  expect(monthsBefore(new Date(now), count, ZONE)).toEqual(months);
});

describe("the backfill", () => {
  it("continues after it was killed, and reads complete months once", { timeout: 60_000 }, async () => {
    const { emulator, folder, start } = await open();
    emulator.inject("stalled-header", { vendor: "itniotech" });
    const { child: killed, outcome } = start();
    let written = 0;
    // One vendor does not respond. Two months of each of the other two vendors are written.
    for await (const line of createInterface(killed.stderr))
      if (/parquet: \d+ calls/.test(line) && ++written === 4) killed.kill("SIGKILL");
    await outcome;
    expect(killed.signalCode).toBe("SIGKILL");

    const again = await start().outcome;
    expect(again.code, again.stderr).toBe(isSettled ? 0 : 1);
    const names = await readdir(folder);
    expect(names.filter((name) => !/^[a-z-]+-\d{4}-\d{2}(?:\.incomplete)?\.parquet$/.test(name))).toEqual([]);
    expect(names.filter((name) => !name.includes("incomplete"))).toHaveLength(isSettled ? 6 : 3);
    await expectEveryCallOnce(emulator, folder);

    const before = emulator.requests.length;
    await start().outcome;
    expect(emulator.requests.length === before).toBe(isSettled);
  });

  it("lists what is missing, and does not request the other months of an account that was refused", async () => {
    const { emulator, folder, start } = await open();
    const { code, stderr } = await start({ ITNIOTECH_API_SECRET: "not-the-secret" }).outcome;
    expect(code, stderr).toBe(1);
    expect(stderr.match(/itniotech-\d{4}-\d{2}\.incomplete\.parquet: 0 calls/g)).toHaveLength(1);
    expect(emulator.requests.filter(({ vendor }) => vendor === "itniotech")).toHaveLength(1);
    expect((await readdir(folder)).filter((name) => name.startsWith("huawei-cec"))).toHaveLength(2);
  }, 60_000);

  it("keeps the file of a month of which the vendor has deleted calls since", async () => {
    const { emulator, folder } = await open();
    // This vendor keeps the calls for 180 days.
    const variables = Object.fromEntries(
      Object.entries(emulator.environment()).filter(([name]) => name.startsWith("TENCENT")),
    );
    const start = () => startExample("backfill", [folder, "8"], variables).outcome;
    await start();
    const [expired] = (await readdir(folder)).sort();
    expect(expired).toMatch(/\.incomplete\.parquet$/);
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toContain(`${String(expired)} stays, because the vendor has deleted calls of this month since.`);
  }, 60_000);
});
