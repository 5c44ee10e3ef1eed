import type { UsageSummary } from "call-records";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import Papa from "papaparse";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "./command.js";
import { linesOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";

const DAY_MS = 86_400_000;
const dayBefore = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const [FIRST, SECOND, END] = [dayBefore(7), dayBefore(6), dayBefore(5)];
const midnight = (day: string) => Date.parse(`${day}T00:00:00+08:00`);

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 10, callsPerDay: 30, activeCalls: 0 });
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.clearRequests();
});

/** Runs the command on a server in UTC, whose days are not those of the accounts. */
const runUsage = async (...args: string[]) => {
  const outcome = await run(["usage", ...args], { env: { ...emulator.environment(), TZ: "UTC" } });
  expectNoSecret(emulator, outcome);
  return outcome;
};
const usage = (...args: string[]) => runUsage("--from", FIRST, "--to", END, ...args);
/** Returns the account, the source and the bounds of each summary. */
const boundsOf = (stdout: string) =>
  (linesOf(stdout) as UsageSummary[]).map(({ account, source, from, to }) => {
    return [account, source, new Date(from).getTime(), new Date(to).getTime()];
  });

it("usage by day is the vendor's own count for each application and day", async () => {
  const { code, stdout, stderr } = await usage("--by", "day", "--source", "vendor", "--account", "tencent-ccc");
  expect(code, stderr).toBe(0);
  const counted = (linesOf(stdout) as UsageSummary[]).map(({ application, from, source, minutes, seats }) => ({
    application,
    from: new Date(from).toISOString(),
    source,
    outbound: minutes.outbound,
    inbound: minutes.inbound,
    seats,
  }));
  const expected = ["1400000000", "1400000001"].flatMap((application) =>
    [FIRST, SECOND].map((day) => {
      const from = midnight(day);
      const { outbound, inbound, seats } = emulator.truth["tencent-ccc"].usageOf(
        [Number(application)],
        new Date(from),
        new Date(from + DAY_MS),
      );
      return { application, from: new Date(from).toISOString(), source: "vendor", outbound, inbound, seats };
    }),
  );
  const order = (a: { application: string | null; from: string }, b: { application: string | null; from: string }) =>
    `${a.application ?? ""}${a.from}`.localeCompare(`${b.application ?? ""}${b.from}`);
  expect(counted.sort(order)).toEqual(expected.sort(order));
  expect(new Set(emulator.requests.map(({ operation }) => operation))).toEqual(new Set(["DescribeTelCallInfo"]));
  expect(stderr).toContain("A day is in the account's time zone: Asia/Shanghai.\nTimes are in Asia/Shanghai.\n");
});

it("usage from records counts all calls", async () => {
  const [json, csv] = await Promise.all([
    usage("--source", "records", "--format", "json"),
    usage("--source", "records", "--format", "csv"),
  ]);
  expect([json.code, csv.code]).toEqual([0, 0]);
  const summaries = JSON.parse(json.stdout) as UsageSummary[];
  const counts = (account: "huawei-cec" | "itniotech") =>
    emulator.truth[account].calls.filter(
      ({ startedAt }) => startedAt.getTime() >= midnight(FIRST) && startedAt.getTime() < midnight(END),
    );
  for (const account of ["huawei-cec", "itniotech"] as const) {
    const summary = summaries.find((one) => one.account === account);
    expect(summary).toMatchObject({ source: "records", complete: true });
    expect(summary?.calls?.total).toBe(counts(account).length);
    expect(summary?.calls?.answered).toBe(counts(account).filter(({ answered }) => answered).length);
  }
  expect(emulator.requests.map(({ operation }) => operation)).not.toContain("DescribeTelCallInfo");
  const { data } = Papa.parse<Record<string, string>>(csv.stdout, {
    header: true,
    newline: "\r\n",
    skipEmptyLines: true,
  });
  expect(Object.keys(data[0] ?? {}).join()).toBe(
    "account,provider,application,from,to,source,complete,calls.total,calls.answered,calls.inbound,calls.outbound,minutes.outbound,minutes.inbound,minutes.voip,minutes.unclassified,minutes.asrOffline,minutes.asrRealtime,talkSeconds,answeredWithoutDuration,seats",
  );
  expect(data.map((row) => [row.account, row.application, row["calls.total"], row.complete])).toEqual(
    summaries.map(({ account, application, calls, complete }) => [
      account,
      application ?? "",
      String(calls?.total ?? ""),
      String(complete),
    ]),
  );
});

it("usage as a table has only one line for each account and application", async () => {
  const { code, stdout, stderr } = await usage("--format", "table", "--quiet");
  expect([code, stderr]).toEqual([0, ""]);
  const [heading, ...lines] = stdout.trimEnd().split("\n");
  expect(heading).toMatch(/^account +application from +min out +min in +calls complete source/);
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["tencent-ccc", "tencent-ccc", "huawei-cec", "itniotech"]);
});

it("requesting the vendor's own count of a vendor without one is a usage error", async () => {
  const { code, stdout, stderr } = await usage("--source", "vendor", "--account", "itniotech");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error: itniotech: this vendor does not report usage\./);
  expect(emulator.requests).toEqual([]);
});

describe("dates without --time-zone", () => {
  it("are the days of the accounts, so that each account is counted over the same range", async () => {
    const { code, stdout, stderr } = await usage();
    expect(code, stderr).toBe(0);
    const [from, to] = [midnight(FIRST), midnight(END)];
    expect(boundsOf(stdout)).toEqual([
      ["tencent-ccc", "vendor", from, to],
      ["tencent-ccc", "vendor", from, to],
      ["huawei-cec", "records", from, to],
      ["itniotech", "records", from, to],
    ]);
    expect(stderr).toMatch(/\nTimes are in Asia\/Shanghai\.\n$/);
    expect(stderr).not.toContain("widened");
  });

  it("that the vendor cannot count exactly are widened, and the report states the whole days", async () => {
    const { code, stdout, stderr } = await runUsage("--from", `${FIRST}T13:45`, "--to", `${SECOND} 00:00:01`);
    expect(code, stderr).toBe(0);
    const day = [midnight(FIRST), midnight(END)];
    const exact = [midnight(FIRST) + 13.75 * 3_600_000, midnight(SECOND) + 1000];
    expect(boundsOf(stdout)).toEqual([
      ["tencent-ccc", "vendor", ...day],
      ["tencent-ccc", "vendor", ...day],
      ["huawei-cec", "records", ...exact],
      ["itniotech", "records", ...exact],
    ]);
    const lines = stderr.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.slice(-4)).toEqual([
      "tencent-ccc: widened to whole days in Asia/Shanghai:",
      `  ${FIRST} 00:00:00 to ${END} 00:00:00`,
      "Times are in Asia/Shanghai.",
      "",
    ]);
  });

  it("in a named zone are widened to the days of the account", async () => {
    const { stdout, stderr } = await usage("--time-zone", "UTC", "--by", "day", "--account", "tencent-ccc");
    expect(boundsOf(stdout)).toHaveLength(2 * 3);
    expect(stderr.split("\n").slice(-5, -1)).toEqual([
      "tencent-ccc: widened to whole days in Asia/Shanghai:",
      `  ${FIRST} 00:00:00 to ${dayBefore(4)} 00:00:00`,
      "A day is in the account's time zone: Asia/Shanghai.",
      "Times are in UTC.",
    ]);
  });
});

describe("--month", () => {
  it("is the whole month of the accounts, and the command that counts again names its bounds", async () => {
    const month = FIRST.slice(0, 7);
    const [year = 0, number = 0] = month.split("-").map(Number);
    const [from, to] = [number - 1, number].map((index) => Date.UTC(year, index, 1) - 8 * 3_600_000);
    emulator.inject("bad-gateway", { vendor: "itniotech", times: 5 });
    const { stdout, stderr } = await runUsage("--month", month, "--account", "tencent-ccc", "--account", "itniotech");
    expect(boundsOf(stdout).map(([, , ...bounds]) => bounds)).toEqual(Array(3).fill([from, to]));
    expect(stderr).toContain(
      `To count again: call-records usage --from ${new Date(from ?? 0).toISOString()} --to ${new Date(to ?? 0).toISOString()} --account itniotech\n`,
    );
    expect(stderr).not.toContain("widened");
  });

  it("that is not a month is a usage error, and nothing is sent", async () => {
    const { code, stdout, stderr } = await runUsage("--month", "2026-13");
    expect([code, stdout, stderr]).toEqual([2, "", 'error: --month must be a month such as 2026-10, not "2026-13".\n']);
    expect(emulator.requests).toEqual([]);
  });
});
