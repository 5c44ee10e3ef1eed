import { gunzipSync } from "node:zlib";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { callMetrics, type Metrics, REPORT_GROUPINGS } from "call-records/metrics";
import { CallRecordsClient, providersFromEnvironment } from "call-records";
import { type CustomCall, startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { newFolder, run } from "./command.js";
import { expectNoSecret } from "./secrets.js";

const DAY_MS = 86_400_000;
/** Settled: the vendors' calls no longer change after three days. */
const RANGE = ["--from", "9d", "--to", "5d"];
const DATABASE = ["--from-database", "sqlite:calls.db"];

let emulator: VendorEmulator;
let cwd: string;
beforeEach(async () => {
  const call = (hours: number): CustomCall => ({ startedAt: new Date(Date.now() - 8 * DAY_MS + hours * 3_600_000) });
  emulator = await startVendorEmulator({
    days: 12,
    callsPerDay: 0,
    activeCalls: 0,
    sdkAppIds: [1_400_000_000],
    calls: {
      "tencent-ccc": [1, 2, 30].map((hours) => ({ ...call(hours), direction: "inbound" as const })),
      "huawei-cec": [call(3)],
      itniotech: [call(4), { ...call(5), row: { seatName: "<b>Agent</b>" } }],
    },
  });
  onTestFinished(() => emulator.close());
  cwd = await newFolder();
});

const command = async (args: readonly string[], env: Record<string, string> = emulator.environment()) => {
  const outcome = await run(args, { cwd, env });
  expectNoSecret(emulator, outcome);
  return outcome;
};
const sync = (from = "10d") => command(["sync", "--into", "sqlite:calls.db", "--from", from, "--quiet"]);
const metricsIn = (stdout: string) => JSON.parse(stdout) as Metrics;

/** Executes a statement in the database of the command. */
function execute(statement: string): void {
  const database = new sqlite.Database(join(cwd, "calls.db"));
  database.exec(statement);
  database.close();
}

describe("report", () => {
  it("writes the page of a range", async () => {
    const { code, stdout, stderr } = await command([
      "report",
      ...RANGE,
      "--out",
      "report.html",
      "--title",
      "Our calls",
    ]);
    expect([code, stdout], stderr).toEqual([0, ""]);
    const page = await readFile(join(cwd, "report.html"), "utf8");
    expect(page).toContain("<title>Our calls</title>");
    expect(page).toContain('<dt>Calls</dt><dd><span class="value">6</span>');
    expect(page).toContain("&lt;b&gt;Agent&lt;/b&gt;");
    expect(page).toContain('<ul class="status complete">');
    expect(stderr).toContain("Written to report.html.\n");
    expect(stderr).toMatch(/^tencent-ccc {2}complete {5}3 calls, \d+ requests?$/m);
  });

  it("prints the numbers of the library as JSON", async () => {
    const { code, stdout, stderr } = await command([
      "report",
      ...RANGE,
      "--format",
      "json",
      "--service-level",
      "30",
      "--short-abandon",
      "5",
    ]);
    expect(code, stderr).toBe(0);
    const printed = metricsIn(stdout);
    const client = new CallRecordsClient({ providers: providersFromEnvironment(emulator.environment()) });
    const stream = client.records({ from: new Date(Date.now() - 9 * DAY_MS), to: new Date(Date.now() - 5 * DAY_MS) });
    const own = await callMetrics(stream, {
      groupBy: REPORT_GROUPINGS,
      timeZone: "Asia/Shanghai",
      serviceLevel: { seconds: 30 },
      shortAbandonSeconds: 5,
    });
    await client.close();
    expect(printed.totals).toEqual(own.totals);
    expect(printed.groupings).toEqual(own.groupings);
    expect(printed.options).toEqual(own.options);
    expect(printed.proof?.map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
  });

  it("prints a row for the totals and for each group as CSV, also compressed", async () => {
    const { code, stderr } = await command(["report", ...RANGE, "--out", "numbers.csv.gz", "--quiet"]);
    expect([code, stderr]).toEqual([0, ""]);
    const [header, ...rows] = gunzipSync(await readFile(join(cwd, "numbers.csv.gz")))
      .toString("utf8")
      .trimEnd()
      .split("\r\n");
    expect(header).toMatch(
      /^grouping,account,day,weekday,hour,agent,agentName,queue,queueName,calls,inbound\.offered,/,
    );
    expect(rows[0]).toMatch(/^total,,,,,,,,,6,/);
    expect(rows.filter((row) => row.startsWith("account,")).map((row) => row.split(",").slice(1, 2))).toEqual([
      ["huawei-cec"],
      ["itniotech"],
      ["tencent-ccc"],
    ]);
    expect(new Set(rows.map((row) => row.split(",")[0]))).toEqual(
      new Set(["total", "day", "account+day", "weekday+hour", "account", "account+agent", "account+queue"]),
    );
    // Huawei does not report inbound calls: the number is empty, not 0.
    expect(rows).toContainEqual(expect.stringMatching(/^account,huawei-cec,,,,,,,,1,,,/));
  });

  it("compares with the vendor's count of minutes", async () => {
    const page = await command(["report", ...RANGE, "--billing-rule", "60+60", "--out", "report.html"]);
    expect(page.code, page.stderr).toBe(0);
    expect(await readFile(join(cwd, "report.html"), "utf8")).toContain(
      "The vendor&#39;s count differs from the records in 0 of 3 periods.",
    );
    const { stdout } = await command(["report", ...RANGE, "--billing-rule", "60+60", "--format", "json"]);
    const { usage } = JSON.parse(stdout) as { usage: { withoutCount: string[]; periods: unknown[] } };
    expect(usage.withoutCount).toEqual(["huawei-cec", "itniotech"]);
    expect(usage.periods).toHaveLength(3);
  });

  it("marks what is missing, and ends with the exit code 3", async () => {
    emulator.inject("unauthorized", { vendor: "itniotech", times: Infinity });
    const { code, stderr } = await command(["report", ...RANGE, "--out", "report.html"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^ +To read again: call-records report --from \S+ --to \S+ --account itniotech --out report\.missing-1\.html$/m,
    );
    const page = await readFile(join(cwd, "report.html"), "utf8");
    expect(page).toContain("Incomplete: calls may be missing.");
  });

  it("writes nothing if no account could be read", async () => {
    emulator.inject("unauthorized", { times: Infinity });
    await writeFile(join(cwd, "report.html"), "before");
    const { code, stderr } = await command(["report", ...RANGE, "--out", "report.html"]);
    expect(code, stderr).toBe(1);
    expect(stderr).not.toContain("Written");
    expect(await readFile(join(cwd, "report.html"), "utf8")).toBe("before");
    expect(await readdir(cwd)).toEqual(["report.html"]);
  });

  it.each([
    [["report"], "error: required option '--from <time>' or '--month <month>' is missing"],
    [["report", ...RANGE, "--format", "table"], "Allowed choices are html, json, csv."],
    [["report", ...RANGE, "--locale", "de"], "Allowed choices are en, zh-CN."],
    [
      ["report", ...RANGE, "--billing-rule", "60"],
      '--billing-rule must be the minimum and the increment in seconds, such as 60+60 or 6+6, not "60".',
    ],
    [
      ["report", ...RANGE, ...DATABASE],
      "--from-database: calls.db does not exist. `call-records sync --into` creates it.",
    ],
    [
      ["report", ...RANGE, "--from-database", "oracle://host/calls"],
      "--from-database: must be postgres://…, mysql://…, sqlite:calls.db or env:NAME.",
    ],
    [
      ["report", ...RANGE, "--from-database", "env:MISSING"],
      "--from-database: the environment variable MISSING is not set.",
    ],
    [
      ["report", ...RANGE, ...DATABASE, "--billing-rule", "60+60"],
      "--billing-rule cannot be used with --from-database",
    ],
  ])("refuses %j before any request", async (args, message) => {
    const { code, stderr } = await command(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(emulator.requests).toEqual([]);
    expect(await readdir(cwd)).toEqual([]);
  });
});

describe("report --from-database", () => {
  it("returns the numbers and the proof of the vendors, without a request and without an account", async () => {
    expect((await sync()).code).toBe(0);
    // Absolute times, because both commands must have the same range.
    const [from, to] = [9, 5].map((days) => new Date(Date.now() - days * DAY_MS).toISOString());
    const range = ["--from", from ?? "", "--to", to ?? "", "--format", "json"];
    const vendors = metricsIn((await command(["report", ...range])).stdout);
    const requests = emulator.requests.length;
    const { code, stdout, stderr } = await command(["report", ...range, ...DATABASE], {});
    expect(code, stderr).toBe(0);
    expect(emulator.requests).toHaveLength(requests);
    const stored = metricsIn(stdout);
    expect(stored.totals).toEqual(vendors.totals);
    expect(stored.groupings).toEqual(vendors.groupings);
    const parts = ({ proof }: Metrics) =>
      Object.fromEntries(
        (proof ?? []).map(({ account, provider, status, rows, coverage, unsettled, gaps }) => [
          account,
          { provider, status, rows, coverage, unsettled, gaps },
        ]),
      );
    expect(parts(stored)).toEqual(parts(vendors));
    expect(stderr).toContain("Read from calls.db, without a request to the vendors. Times are in Asia/Shanghai.");
  });

  it("shows ranges that the sync has not completed as such", async () => {
    expect((await sync("7d")).code).toBe(0);
    const { code, stdout, stderr } = await command([
      "report",
      "--from",
      "9d",
      "--format",
      "json",
      ...DATABASE,
      "--account",
      "itniotech",
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^itniotech {2}partial {6}\d calls?, 0 requests$/m);
    const [proof] = metricsIn(stdout).proof ?? [];
    expect(proof?.gaps.map(({ reason }) => reason)).toContain("stopped");
    expect(proof?.unsettled).toHaveLength(1);
    expect(metricsIn(stdout).provisionalFrom).toBe(proof?.unsettled[0]?.from);
  });

  it("verifies nothing where the checkpoint is missing or damaged", async () => {
    expect((await sync()).code).toBe(0);
    execute("delete from call_sync_checkpoints where account = 'itniotech'");
    execute("update call_sync_checkpoints set value = '{}' where account = 'huawei-cec' and name = 'head'");
    const { code, stdout, stderr } = await command(["report", ...RANGE, "--format", "json", ...DATABASE]);
    expect(code).toBe(3);
    const { proof, totals } = metricsIn(stdout);
    expect(totals.calls).toBe(6);
    expect(proof?.map(({ account, coverage }) => [account, coverage.length])).toEqual([
      ["huawei-cec", 0],
      ["itniotech", 0],
      ["tencent-ccc", 1],
    ]);
    expect(stderr).toContain("huawei-cec: the checkpoint was not written by this library.");
  });

  it("leaves out calls that an audit has marked as delisted", async () => {
    expect((await sync()).code).toBe(0);
    execute("update call_records set delisted_at = '2026-01-01T00:00:00.000Z' where account = 'huawei-cec'");
    const { stdout } = await command(["report", ...RANGE, "--format", "json", ...DATABASE]);
    expect(metricsIn(stdout).totals.calls).toBe(5);
  });

  it("reads the address from the environment, and does not print it", async () => {
    expect((await sync()).code).toBe(0);
    const env = { CALLS: `sqlite://${join(cwd, "calls.db")}` };
    const { code, stderr } = await command(
      ["report", ...RANGE, "--from-database", "env:CALLS", "--out", "report.html"],
      env,
    );
    expect(code, stderr).toBe(0);
    const secret = "postgres://reader:hunter2@127.0.0.1:1/calls";
    const refused = await command(["report", ...RANGE, "--from-database", "env:SECRET", "--out", "report.html"], {
      SECRET: secret,
    });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("The database cannot be reached, or the connection was lost.");
    expect(refused.stderr).not.toContain("hunter2");
  });

  it.each([
    ["", "The tables do not exist."],
    [
      "create table call_sync_schema (version integer not null); insert into call_sync_schema values (99);",
      "The tables have version 99",
    ],
  ])("reports a database without its tables: %s", async (statement, message) => {
    await writeFile(join(cwd, "calls.db"), "");
    if (statement !== "") execute(statement);
    const { code, stderr } = await command(["report", ...RANGE, "--out", "report.html", ...DATABASE]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect((await readdir(cwd)).filter((name) => name.startsWith("report"))).toEqual([]);
  });

  it("names the accounts of the database for a wrong label", async () => {
    expect((await sync()).code).toBe(0);
    const { code, stderr } = await command([
      "report",
      ...RANGE,
      ...DATABASE,
      "--account",
      "none",
      "--out",
      "report.html",
    ]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'calls.db contains no account "none". The accounts are huawei-cec, itniotech, tencent-ccc.',
      ),
    ]);
  });
});
