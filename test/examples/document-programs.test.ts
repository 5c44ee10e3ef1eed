import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "node:util";
import { type CustomCall, type EmulatorOptions, startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { documents, root } from "../documents.js";
import { runExample } from "./example-process.js";

const DAY_MS = 86_400_000;
/** Within the examples, where imports are resolved. Removed after the tests. */
const folder = join(root, "examples", "readme-programs");
const isoDate = (ageDays: number) => new Date(Date.now() - ageDays * DAY_MS).toISOString();

/**
 * The programs that these tests run. The Chinese README has those of the English one. document-jobs.test.ts runs those that write files or databases, and
 * document-services.test.ts those that run until a signal.
 */
const programs = documents
  .filter(({ path }) => path !== "README.zh-CN.md")
  .flatMap(({ path, programs: found }) => found.map((code, index) => ({ path, code, name: `${path} ${index + 1}` })))
  .filter(
    ({ code }) => !/FileCheckpointStore\(|call-records\/(?:sql|redis|bullmq)|from "pg"|process\.once\(/.test(code),
  );
const conformance = programs.filter(({ code }) => code.includes("testProvider("));
const [quickStart, ...others] = programs.filter(({ code }) => !code.includes("testProvider("));

/** The output of each program, by a text that only this program contains. The others need only end without an error. */
const outputs: readonly (readonly [text: string, output: RegExp])[] = [
  ["stream.batches(500)", /^tencent-ccc complete \d+ \[\]$/m],
  ["activeCalls({ isolateFailures: true });\nfor", /^huawei-cec complete$/m],
  ["activeCalls();", /^tencent-ccc complete$[^]*^no such call$/m],
  ["normalize(", /^$/],
  ["batch.commit()", /^itniotech \d+ \d+ \d+$/m],
  ["minutes.inbound, source, complete", /^tencent-ccc \d+ 20.* vendor true$[^]*^itniotech null 20.* records true$/m],
  ["instanceof CallRecordsError", /^\d+$/],
  ["Object.values(emulator.truth)", /^true$/],
  ["calls.length > 0", /^true$/],
  ["answeredAt: null", /^itniotech no-answer$/],
  ['inject("http-503", { vendor', /^huawei-cec failed HTTP 503$/m],
  ["clock.advance", /^0 1 1 0$/],
  ["recovered from", /^recovered from 3 faults$/],
  ["missed.outcome", /^abandoned null 68 Grace O'Neill$/],
  ["writeParquet(", /^[1-9]\d+ calls, \d+ bytes$/],
  ["masked.customer?.number", /^(\S+ (masked-[a-p]{24}-\d\d|null|undefined) \S+(\n|$))+$/],
  ["redact(call, [", /^(?=[^]*name: null)(?![^]*name: ')/],
  ["parseBillingRule(", /^0 of [1-9]\d+ periods differ$/],
  ["renderReport(metrics", /^report\.html: [1-9]\d+ calls, final (?:from the start|until \S+)$/],
  [
    "averageSpeedOfAnswer",
    /^offered \d+ answered \d+ missed \d+ waited \d+[^]*^itniotech Missed Agent 2 0$[^]*^(?:final|may change from \S+)$/m,
  ],
  ["let previous", /^(\+0\.0 h \S+ (tencent-ccc|huawei-cec|itniotech) \w+bound .+ answered(\n|$)){3}/],
  ["minutesUntilReached", /^[1-9]\d* customers reached, half of them within \d+ min\n\d+ customers not reached/],
  ["a heuristic", /^[1-9]\d* answered calls, [1-9]\d* repeated within 3 days \(\d+\.\d%, a heuristic\)$/],
  ["QUARTER_MS", /^13:00 [1-9]\d*$/m],
  ["longestWaitSeconds", /^Missed Agent: 2 missed, longest wait 40 s$/m],
  ["bill.summaries", /^tencent-ccc 1400000000 outbound: bill (\d+) records \1$[^]*^itniotech unsupported$/m],
  ['order: "newest"', /^(\S+ (tencent-ccc|huawei-cec|itniotech) \w+ answered .+ 50(\n|$)){3}/],
  [
    "tenants.delete",
    /^saved \d+ calls\ntenant-1 complete \d+\ntenant-2 complete \d+\n[^]*^tenant-1 complete \d+\ntenant-3 complete \d+$/m,
  ],
];

const [noon, customerAt] = [new Date(`${isoDate(3).slice(0, 10)}T04:00:00Z`), new Date(isoDate(4))];
const missedCall = (startedAt: Date, ringDuration: number): CustomCall => ({
  startedAt,
  answeredAt: null,
  direction: "inbound",
  row: { seatName: "Missed Agent", ringDuration },
});
/** An answered inbound call of a customer who calls again after a day. */
const repeatedCall = (startedAt: Date): CustomCall => ({ startedAt, customer: "8613900002222", direction: "inbound" });
/** The calls that the outputs above contain. */
const calls: EmulatorOptions["calls"] = {
  "tencent-ccc": [{ startedAt: customerAt, customer: "008618392515977", direction: "inbound" }],
  "huawei-cec": [
    { startedAt: customerAt, customer: "18392515977" },
    { startedAt: new Date(noon.getTime() + 3_600_000), customer: "13900001111" },
  ],
  itniotech: [
    repeatedCall(customerAt),
    repeatedCall(noon),
    { startedAt: noon, answeredAt: null, direction: "inbound", customer: "8613900001111" },
    missedCall(noon, 40),
    missedCall(noon, 5),
    { startedAt: customerAt, customer: "8618392515977" },
  ],
};

/** Moves the dates of a program to recent ones, which do not depend on when the test runs, and its output files to the folder of the programs. */
function withRecentDates(code: string): string {
  const lastMonth = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 1, 15))
    .toISOString()
    .slice(0, 7);
  return code
    .replace(/"20\d\d-\d\d-\d\dT[^"]*"/g, JSON.stringify(isoDate(5)))
    .replace(/"20\d\d-\d\d-\d\d"/g, JSON.stringify(isoDate(3).slice(0, 10)))
    .replace(/"20\d\d-\d\d"/g, JSON.stringify(lastMonth))
    .replace(/"(calls\.(?:csv|parquet)|report\.html|recordings)"/g, (_, name: string) =>
      JSON.stringify(join(folder, name)),
    )
    .replaceAll("createWriteStream(`", `createWriteStream(\`${folder}/`);
}

async function write(name: string, code: string): Promise<string> {
  await mkdir(join(folder, name), { recursive: true });
  const file = join(folder, name, "run.ts");
  await writeFile(file, code);
  return file;
}

afterAll(() => rm(folder, { force: true, recursive: true }));

describe("the programs in the documents", () => {
  let emulator: VendorEmulator;

  beforeAll(async () => {
    emulator = await startVendorEmulator({ days: 70, callsPerDay: 20, calls });
    for (const [name, value] of Object.entries(emulator.environment())) vi.stubEnv(name, value);
    vi.stubEnv("MASK_KEY", "a key of the tests with 32 bytes");
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await emulator.close();
  });

  it("print the first calls", async () => {
    // The emulator's keys replace the placeholders.
    const code = withRecentDates(quickStart?.code ?? "")
      .replace(/providers: \[.*?\n {2}\]/s, "providers: providersFromEnvironment()")
      .replace(/import .*/, 'import { CallRecordsClient, providersFromEnvironment } from "call-records";');
    await write("first", code);
    const { code: exitCode, stdout, stderr } = await runExample("readme-programs/first", [], emulator.environment());
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^tencent-ccc 20\d\d-/m);
  });

  it.each(others.map(({ name, code }) => [name, code] as const))("run: %s", { timeout: 60_000 }, async (name, code) => {
    const file = await write(name.replaceAll(/\W/g, "-"), withRecentDates(code));
    const printed: string[] = [];
    const log = vi
      .spyOn(console, "log")
      .mockImplementation((...values: unknown[]) => void printed.push(format(...values)));
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    try {
      await import(file);
      expect(error.mock.calls).toEqual(code.includes('status !== "complete") console.error') ? expect.anything() : []);
    } finally {
      log.mockRestore();
      error.mockRestore();
    }
    for (const [text, output] of outputs) if (code.includes(text)) expect(printed.join("\n")).toMatch(output);
  });

  it("contain the texts that identify them in this test", () => {
    expect(outputs.map(([text]) => text).filter((text) => !others.some(({ code }) => code.includes(text)))).toEqual([]);
  });
});

// Its tests are registered here: it is a test file itself.
for (const { name, code } of conformance) await import(await write(name.replaceAll(/\W/g, "-"), code));
