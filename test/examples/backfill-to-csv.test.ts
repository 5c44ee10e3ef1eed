import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Papa from "papaparse";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CallRecordsClient, month } from "call-records";
import { startVendorEmulator, type EmulatedCall, type VendorEmulator, type VendorId } from "call-records/testing";
import { backfill, type BackfillOptions, missingFrom } from "../../examples/backfill-to-csv/backfill.js";
import { monthsBefore } from "../../examples/backfill-to-csv/months.js";
import { DAY, NOW, openStage } from "../client/stage.js";
import { within } from "../client/truth.js";
import { startExample } from "./example-process.js";

const ZONE = "Asia/Shanghai";
const VENDORS: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "call-records-"));
});
afterEach(() => rm(folder, { recursive: true }));

function run(client: CallRecordsClient, options: Partial<BackfillOptions> & { months: readonly string[] }) {
  return backfill(client, { folder, timeZone: ZONE, now: new Date(NOW), log: () => undefined, ...options });
}

const files = async () => (await readdir(folder)).sort();

async function rowsOf(file: string): Promise<Record<string, string>[]> {
  const { data, errors } = Papa.parse<Record<string, string>>(await readFile(join(folder, file), "utf8"), {
    header: true,
    skipEmptyLines: true,
  });
  expect(errors).toEqual([]);
  return data;
}

/** Returns the rows of all files of a vendor. */
async function rowsOfVendor(vendor: VendorId) {
  const matching = (await files()).filter((file) => file.startsWith(vendor));
  return (await Promise.all(matching.map(rowsOf))).flat();
}

/** Returns the fields of the rows that the emulator's calls also have. */
const factsOf = (rows: readonly Record<string, string>[]) =>
  rows
    .map(({ id, startedAt, endedAt, talkSeconds, direction, application }) => ({
      id,
      startedAt,
      endedAt,
      talkSeconds,
      direction,
      application,
    }))
    .sort(byId);
const truthOf = (calls: readonly EmulatedCall[]) =>
  calls
    .map(({ id, startedAt, endedAt, talkSeconds, direction, application }) => ({
      id,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? "",
      talkSeconds: String(talkSeconds),
      direction,
      application: application ?? "",
    }))
    .sort(byId);
const byId = (a: { id?: string | undefined }, b: { id?: string | undefined }) => ((a.id ?? "") < (b.id ?? "") ? -1 : 1);

async function expectEveryCallOnce(emulator: VendorEmulator, from: Date, to: Date, vendors = VENDORS): Promise<void> {
  for (const vendor of vendors) {
    const calls = within(emulator.truth[vendor].calls, from, to);
    expect(calls.length).toBeGreaterThan(0);
    expect(factsOf(await rowsOfVendor(vendor))).toEqual(truthOf(calls));
  }
}

const [august, october] = [month("2026-08", ZONE), month("2026-10", ZONE)];

describe("a back-fill", () => {
  it("writes every call of past months once, into a file for each account and month, in ascending order", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 120, callsPerDay: 25 } });
    expect(await run(client, { months: monthsBefore(new Date(NOW), 3, ZONE) })).toEqual([]);
    expect(await files()).toEqual(
      VENDORS.flatMap((vendor) => ["08", "09", "10"].map((number) => `${vendor}-2026-${number}.csv`)).sort(),
    );
    await expectEveryCallOnce(emulator, august.from, october.to);
    const starts = (await rowsOf("itniotech-2026-09.csv")).map(({ startedAt }) => startedAt);
    expect(starts).toEqual([...starts].sort());
  });

  it("reports the part of a year that is past the retention, and keeps the file of the partial month", async () => {
    const { emulator, client, clock } = await openStage({ emulator: { days: 370, callsPerDay: 5 } });
    const months = monthsBefore(new Date(NOW), 12, ZONE);
    const keptSince = new Date(NOW - 180 * DAY);
    const missing = await run(client, { months });
    expect(new Set(missing.map(({ account, reason }) => `${account}: ${reason}`))).toEqual(
      new Set(["tencent-ccc: older than the vendor's retention"]),
    );
    expect(missing[0]?.from).toBe(month("2025-11", ZONE).from.toISOString());
    expect(Date.parse(missing.at(-1)?.to ?? "") - keptSince.getTime()).toBeLessThan(DAY);
    expect((await files()).filter((file) => file.startsWith("tencent-ccc"))).toEqual(
      ["2026-05.incomplete", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"].map(
        (name) => `tencent-ccc-${name}.csv`,
      ),
    );
    await expectEveryCallOnce(emulator, month("2025-11", ZONE).from, october.to, ["huawei-cec", "itniotech"]);
    await expectEveryCallOnce(emulator, new Date(Date.parse(missing.at(-1)?.to ?? "")), october.to, ["tencent-ccc"]);

    // A day later the vendor lists fewer calls, so the file remains, and the month is reported.
    const before = await rowsOf("tencent-ccc-2026-05.incomplete.csv");
    clock.advance(DAY);
    emulator.clearRequests();
    const again = await run(client, { months, now: new Date(clock.now()) });
    expect(again.at(-1)).toMatchObject({
      account: "tencent-ccc",
      from: month("2026-05", ZONE).from.toISOString(),
      reason: expect.stringContaining(
        "2026-05.incomplete.csv contains the calls that the vendor still kept then",
      ) as string,
    });
    expect(await rowsOf("tencent-ccc-2026-05.incomplete.csv")).toEqual(before);
    expect(emulator.requests).toEqual([]);
  });

  it("leaves only complete files when it is stopped, and the next run writes the others", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 120, callsPerDay: 25 } });
    const months = monthsBefore(new Date(NOW), 3, ZONE);
    const stop = new AbortController();
    const whole: string[] = [];
    const log = (line: string) => {
      whole.push(line);
      stop.abort();
    };
    await expect(run(client, { months, signal: stop.signal, log })).rejects.toMatchObject({ code: "aborted" });
    const before = await files();
    expect(before).toHaveLength(whole.length);
    expect(before.length).toBeLessThan(9);
    expect(before.every((file) => /-2026-\d\d\.csv$/.test(file))).toBe(true);

    const rest: string[] = [];
    expect(await run(client, { months, log: (line) => rest.push(line) })).toEqual([]);
    expect(rest).toHaveLength(9 - before.length);
    await expectEveryCallOnce(emulator, august.from, october.to);
  });

  it("writes an incomplete file for a month that may still change, and a complete one in a later run", async () => {
    const { emulator, client, clock } = await openStage({ emulator: { days: 60, callsPerDay: 25, activeCalls: 0 } });
    const missing = await run(client, { months: ["2026-11"] });
    expect(missing.filter(({ account }) => account === "itniotech").at(-1)).toMatchObject({
      reason: expect.stringContaining("may still be added") as string,
    });
    expect(await files()).toEqual(VENDORS.map((vendor) => `${vendor}-2026-11.incomplete.csv`).sort());
    clock.advance(14 * DAY);
    expect(await run(client, { months: ["2026-11"], now: new Date(clock.now()) })).toEqual([]);
    expect(await files()).toEqual(VENDORS.map((vendor) => `${vendor}-2026-11.csv`).sort());
    const { from, to } = month("2026-11", ZONE);
    await expectEveryCallOnce(emulator, from, to);
  });

  it("writes the other calls of a month in which a row cannot be parsed", async () => {
    const faulty = { startedAt: new Date("2026-10-10T00:00:00Z"), row: { callStartTime: "soon" } };
    const { emulator, client } = await openStage({
      emulator: { days: 60, callsPerDay: 25, calls: { itniotech: [faulty] } },
    });
    const missing = await run(client, { months: ["2026-10"] });
    expect(missing).toMatchObject([{ account: "itniotech", reason: "a row could not be parsed" }]);
    const calls = within(emulator.truth.itniotech.calls, october.from, october.to).filter(
      ({ row }) => row.callStartTime !== "soon",
    );
    expect(factsOf(await rowsOf("itniotech-2026-10.incomplete.csv"))).toEqual(truthOf(calls));
  });

  it("writes an incomplete file for a month that does not add up, and continues with the next month", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 120, callsPerDay: 10, totalShift: { itniotech: 1 } },
    });
    const missing = await run(client, { months: monthsBefore(new Date(NOW), 3, ZONE) });
    expect(missing).toMatchObject(
      ["2026-08", "2026-09", "2026-10"].map((name) => ({
        account: "itniotech",
        from: month(name, ZONE).from.toISOString(),
        reason: expect.stringContaining("does not add up") as string,
      })),
    );
    expect((await files()).filter((file) => file.startsWith("itniotech"))).toEqual(
      ["08", "09", "10"].map((number) => `itniotech-2026-${number}.incomplete.csv`),
    );
    await expectEveryCallOnce(emulator, august.from, october.to);
  });

  it("continues with the other accounts if one has wrong credentials, and tries these only once", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 120, callsPerDay: 25 },
      itniotech: { apiSecret: "not-the-secret" },
    });
    const missing = await run(client, { months: monthsBefore(new Date(NOW), 3, ZONE) });
    expect(missing.map(({ account, from }) => `${account} ${from}`)).toEqual(
      ["2026-08", "2026-09", "2026-10"].map((name) => `itniotech ${month(name, ZONE).from.toISOString()}`),
    );
    expect(new Set(missing.map(({ reason }) => reason)).size).toBe(1);
    expect(await rowsOfVendor("itniotech")).toEqual([]);
    expect(emulator.requests.filter(({ vendor }) => vendor === "itniotech").length).toBeLessThanOrEqual(2);
    await expectEveryCallOnce(emulator, august.from, october.to, ["tencent-ccc", "huawei-cec"]);
  });
});

describe("the missing ranges of a month", () => {
  const whole = { from: october.from.toISOString(), to: october.to.toISOString() };

  it("are empty for a complete month, and the whole month after a failure without a reported range", async () => {
    const { client } = await openStage({ emulator: { days: 60, callsPerDay: 5 } });
    const stream = client.records({ ...whole, accounts: ["itniotech"] });
    await stream.toArray({ max: 1000 });
    const [report] = stream.report().accounts;
    if (report === undefined) throw new TypeError("The report is missing.");
    expect(missingFrom(report, whole)).toEqual([]);
    expect(missingFrom({ ...report, status: "partial" }, whole)).toEqual([
      { account: "itniotech", ...whole, reason: "partial" },
    ]);
  });
});

describe("the CSV of a back-fill", () => {
  it("contains no formulas, and does not change telephone numbers", async () => {
    const strange = [
      '=HYPERLINK("https://x.example","y")',
      "+1+cmd|' /C calc'!A0",
      "-2+3",
      "@SUM(1)",
      "\tx",
      "＝1",
      'said "no", twice\r\nand left',
    ];
    // In a spreadsheet that separates cells by semicolons or tabs, these would also be formulas.
    const inside = [
      ["x;=1+1", "x;'=1+1"],
      ["x; @a;-b", "x;' @a;'-b"],
      ["x\t＋1", "x\t'＋1"],
      ['x;"=1', `x;'"=1`],
      ["x;+8613800138000", "x;+8613800138000"],
    ] as const;
    const calls = [...strange, "+8613800138000", ...inside.map(([text]) => text)].map((remark, index) => ({
      startedAt: new Date(Date.parse("2026-10-10T00:00:00Z") + index * 60_000),
      row: { remark },
    }));
    const { client } = await openStage({ emulator: { callsPerDay: 0, activeCalls: 0, calls: { itniotech: calls } } });
    await run(client, { months: ["2026-10"] });
    const remarks = (await rowsOf("itniotech-2026-10.csv")).map(({ remark }) => remark);
    expect(remarks).toEqual([
      ...strange.slice(0, 6).map((text) => `'${text}`),
      strange[6],
      "+8613800138000",
      ...inside.map(([, safe]) => safe),
    ]);
  });
});

it.each([
  ["2026-11-20T04:00:00Z", 2, ["2026-09", "2026-10"]],
  ["2026-01-15T00:00:00Z", 3, ["2025-10", "2025-11", "2025-12"]],
  // In Shanghai it is already December.
  ["2026-11-30T16:00:00Z", 1, ["2026-11"]],
  ["2026-11-30T15:59:59Z", 1, ["2026-10"]],
])("monthsBefore(%s, %i) returns %j", (now, count, months) => {
  expect(monthsBefore(new Date(now), count, ZONE)).toEqual(months);
});

it("the example continues after it was killed", { timeout: 60_000 }, async () => {
  const months = monthsBefore(new Date(), 2, ZONE);
  const { from } = month(months[0] ?? "", ZONE);
  const { to } = month(months[1] ?? "", ZONE);
  const calls = Array.from({ length: 300 }, (_, index) => ({
    startedAt: new Date(from.getTime() + (index * (to.getTime() - from.getTime())) / 300),
  }));
  const emulator = await startVendorEmulator({
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls },
    requestsPerSecond: { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity },
  });
  const start = () => startExample("backfill-to-csv", [folder, "2"], emulator.environment());

  emulator.inject("stalled-header", { vendor: "itniotech" });
  const { child: killed, outcome } = start();
  let written = 0;
  // One vendor does not respond. Two months of each of the other two vendors are written.
  for await (const line of createInterface(killed.stderr))
    if (line.includes(" calls in ") && ++written === 4) killed.kill("SIGKILL");
  await outcome;
  expect(killed.signalCode).toBe("SIGKILL");
  const before = await files();
  expect(before.filter((file) => file.endsWith(".csv")).every((file) => !file.startsWith("itniotech"))).toBe(true);
  expect(before.filter((file) => file.endsWith(".part"))).toHaveLength(1);

  const again = await start().outcome;
  await rm(join(folder, before.find((file) => file.endsWith(".part")) ?? ""));
  // In the first days of a month, the previous month is not settled.
  const isWhole = !(await files()).some((file) => file.endsWith(".incomplete.csv"));
  expect(again.code).toBe(isWhole ? 0 : 1);
  expect(again.stderr.trimEnd().split("\n").at(-1)).toMatch(isWhole ? /^Complete/ : /^Incomplete/);
  await expectEveryCallOnce(emulator, from, to);
  await emulator.close();
});
