import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newFolder, run } from "./command.js";
import { callsOf, keyOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";
import { shell } from "./shell.js";

const DAY_MS = 86_400_000;
const [FROM, TO] = [new Date(Date.now() - 24 * DAY_MS), new Date(Date.now() - 3 * DAY_MS)];
const RECORDS = ["records", "--from", FROM.toISOString(), "--to", TO.toISOString()];

let emulator: VendorEmulator;
beforeEach(async () => {
  emulator = await startVendorEmulator({ days: 26, callsPerDay: 20, activeCalls: 0 });
});
afterEach(() => emulator.close());

/** Returns the keys of all calls in the range. */
function truth(): string[] {
  return Object.entries(emulator.truth)
    .flatMap(([account, { calls }]) =>
      calls.filter(({ startedAt }) => startedAt >= FROM && startedAt < TO).map(({ id }) => keyOf({ account, id })),
    )
    .sort();
}

/** Returns the commands in a printed report. */
function commandsIn(stderr: string): string[] {
  return stderr.split("\n").flatMap((line) => /^\s+(?:To count again: )?(call-records .*)$/.exec(line)?.[1] ?? []);
}

describe("records that could not all be read", () => {
  it("are reported with the command that fetches only the missing range", async () => {
    // One window of Huawei and all of Itniotech fail. These failures are not retried.
    emulator.inject("redirect", { vendor: "huawei-cec", operation: "queryCallDetailRecord", after: 2 });
    emulator.inject("redirect", { vendor: "itniotech", times: 1 });
    const env = emulator.environment();
    const first = await run([...RECORDS, "--time-zone", "Asia/Shanghai"], { env });
    expectNoSecret(emulator, first);
    expect(first.code).toBe(3);
    expect(first.stderr).toMatch(/^tencent-ccc {2}complete /m);
    expect(first.stderr).toMatch(/^huawei-cec {3}partial /m);
    expect(first.stderr).toMatch(/^itniotech {4}failed /m);
    expect(first.stderr).toMatch(
      /^ +may be missing \d{4}-\d\d-\d\d \d\d:\d\d:\d\d to \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(could not be read\)$/m,
    );
    const commands = commandsIn(first.stderr);
    expect(commands.length).toBeGreaterThanOrEqual(2);
    expect(commands.filter((line) => line.includes("--account tencent-ccc"))).toEqual([]);
    const found = callsOf(first.stdout).map(keyOf);
    expect(found.length).toBeLessThan(truth().length);
    for (const command of commands) {
      const again = await shell(command, { env });
      expect(again.code, again.stderr).toBe(0);
      found.push(...callsOf(again.stdout).map(keyOf));
    }
    // One of Huawei's two lists was complete in this window, so its calls are fetched twice.
    expect([...new Set(found)].sort()).toEqual(truth());
    expect(first.stderr).toContain(
      "These commands may repeat calls that were already printed: compare account, application and id.\n",
    );
  });

  it("are written to separate files, which together contain everything", async () => {
    emulator.inject("wrong-shape", { vendor: "huawei-cec", operation: "queryCallDetailRecord", after: 1, times: 2 });
    const cwd = await newFolder();
    const env = emulator.environment();
    const first = await run([...RECORDS, "--out", "my calls.ndjson", "--quiet"], { env, cwd });
    expect([first.code, first.stdout]).toEqual([3, ""]);
    const commands = commandsIn(first.stderr);
    const files = ["my calls.ndjson"];
    for (const [index, command] of commands.entries()) {
      const again = await shell(command, { env, cwd });
      expect([again.code, again.stdout, again.stderr]).toEqual([0, "", ""]);
      files.push(`my calls.missing-${index + 1}.ndjson`);
    }
    const texts = await Promise.all(files.map((file) => readFile(join(cwd, file), "utf8")));
    expect([...new Set(texts.flatMap(callsOf).map(keyOf))].sort()).toEqual(truth());
  });

  it("are written to the same output again if it is not a file", async () => {
    emulator.inject("redirect", { vendor: "itniotech" });
    const { code, stderr } = await run([...RECORDS, "--out", "/dev/null"], { env: emulator.environment() });
    expect(code, stderr).toBe(3);
    expect(commandsIn(stderr)).toEqual([
      `call-records records --from ${FROM.toISOString()} --to ${TO.toISOString()} --account itniotech --out /dev/null`,
    ]);
  });

  it("are fetched by a command that keeps all other options", async () => {
    emulator.inject("redirect", { vendor: "itniotech" });
    const args = [
      "--direction",
      "inbound",
      "--filter",
      "itniotech.labelNames=it's,VIP",
      "--filter",
      "huawei-cec.taskType=0",
      "--order",
      "time",
      "--format",
      "csv",
      "--columns",
      "id,remark",
      "--verbose",
      "--limit",
      "100000",
    ];
    const { code, stderr } = await run([...RECORDS, ...args], { env: emulator.environment() });
    expect(code).toBe(3);
    expect(commandsIn(stderr)).toEqual([
      `call-records records --from ${FROM.toISOString()} --to ${TO.toISOString()} --account itniotech --direction inbound --order time --filter 'itniotech.labelNames=it'\\''s,VIP' --filter huawei-cec.taskType=0 --format csv --columns id,remark --verbose`,
    ]);
  });

  it("are reported also with --limit", async () => {
    const env = { ...emulator.environment(), ITNIOTECH_API_SECRET: "wrong-key" };
    const { code, stdout, stderr } = await run([...RECORDS, "--order", "time", "--limit", "5", "--quiet"], { env });
    expect(code).toBe(3);
    expect(callsOf(stdout)).toHaveLength(5);
    expect(stderr).toMatch(/^itniotech: calls may be missing: itniotech: /);
    expect(stderr).toMatch(/\n {2}To read all calls: call-records records --from \S+ --to \S+ --account itniotech /);
  });
});

describe("usage that could not all be counted", () => {
  it("is reported with the command that counts it again, into a separate file", async () => {
    emulator.inject("redirect", { vendor: "itniotech" });
    emulator.inject("redirect", { vendor: "huawei-cec" });
    const cwd = await newFolder();
    const env = emulator.environment();
    const first = await run(["usage", "--from", "10d", "--to", "5d", "--out", "usage.ndjson"], { env, cwd });
    expect(first.code, first.stderr).toBe(3);
    expect((await readFile(join(cwd, "usage.ndjson"), "utf8")).match(/"account":"tencent-ccc"/g)).toHaveLength(2);
    const commands = commandsIn(first.stderr);
    expect(commands.map((line) => line.replace(/--from \S+ --to \S+ /, ""))).toEqual([
      "call-records usage --account huawei-cec --out usage.missing-1.ndjson",
      "call-records usage --account itniotech --out usage.missing-2.ndjson",
    ]);
    for (const command of commands) expect((await shell(command, { env, cwd })).code).toBe(0);
    expect(await readFile(join(cwd, "usage.missing-2.ndjson"), "utf8")).toContain('"account":"itniotech"');
  });

  it("is reported with one command per account, even if several intervals are missing", async () => {
    for (const after of [0, 3])
      emulator.inject("redirect", { vendor: "huawei-cec", operation: "queryCallDetailRecord", after });
    const { code, stderr } = await run(
      [
        "usage",
        "--from",
        FROM.toISOString(),
        "--to",
        TO.toISOString(),
        "--account",
        "huawei-cec",
        "--out",
        "usage.ndjson",
      ],
      { env: emulator.environment() },
    );
    expect(code, stderr).toBe(3);
    expect(stderr.match(/^ +may be missing /gm)?.length).toBeGreaterThan(1);
    expect(commandsIn(stderr)).toEqual([
      `call-records usage --from ${FROM.toISOString()} --to ${TO.toISOString()} --account huawei-cec --out usage.missing-1.ndjson`,
    ]);
  });
});

describe("active calls that could not all be read", () => {
  it("are reported with the command that fetches them", async () => {
    emulator.inject("redirect", { vendor: "tencent-ccc", operation: "DescribePSTNActiveSessionList" });
    emulator.inject("redirect", { vendor: "huawei-cec", operation: "queryCallDetailRecord", times: 2 });
    const cwd = await newFolder();
    const env = emulator.environment();
    const { code, stderr } = await run(["active", "--out", "calls.ndjson"], { env, cwd });
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/^tencent-ccc {2}partial .*\n +tencent-ccc: .*HTTP 302/m);
    expect(stderr).toMatch(/^huawei-cec {3}failed /m);
    const commands = [...stderr.matchAll(/^To try again: (.*)$/gm)].map(([, command = ""]) => command);
    expect(commands).toEqual([
      "call-records active --account tencent-ccc --out calls.missing-1.ndjson",
      "call-records active --account huawei-cec --out calls.missing-2.ndjson",
    ]);
    for (const command of commands) expect((await shell(command, { env, cwd })).code).toBe(0);
  });

  it("cause exit code 1 if no list could be read, and the output file is not changed", async () => {
    emulator.inject("redirect", { vendor: "tencent-ccc", times: 2 });
    emulator.inject("redirect", { vendor: "huawei-cec", operation: "queryCallDetailRecord", times: 2 });
    const cwd = await newFolder();
    await writeFile(join(cwd, "calls.json"), "before");
    const { code, stderr } = await run(["active", "--out", "calls.json"], { env: emulator.environment(), cwd });
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/^tencent-ccc {2}failed .*\n +tencent-ccc: .*HTTP 302/m);
    expect(stderr).toMatch(/^huawei-cec {3}failed .*\n +huawei-cec: .*HTTP 302/m);
    expect(await readFile(join(cwd, "calls.json"), "utf8")).toBe("before");
  });
});

describe("when every account fails", () => {
  it.each([["records", "--from", "2d"], ["usage", "--from", "2d"], ["active"]])(
    "%s ends with exit code 1 and reports the error of each account",
    async (...args) => {
      const env = {
        ...emulator.environment(),
        TENCENTCLOUD_SECRET_KEY: "wrong-one",
        HUAWEI_CEC_APP_SECRET: "wrong-two",
        ITNIOTECH_API_SECRET: "wrong-three",
      };
      const { code, stdout, stderr } = await run(args, { env });
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(
        /^tencent-ccc {2}failed .*\n +tencent-ccc: \S+ was refused: .*AuthFailure\.SignatureFailure/m,
      );
      expect(stderr).toMatch(/^huawei-cec {3}failed .*\n +huawei-cec: token was refused \(HTTP 401\)/m);
      for (const wrong of ["wrong-one", "wrong-two", "wrong-three"]) expect(stderr).not.toContain(wrong);
    },
  );

  it("active ends with exit code 1 if no vendor supports active calls", async () => {
    const env = Object.fromEntries(
      Object.entries(emulator.environment()).filter(([name]) => name.startsWith("ITNIOTECH")),
    );
    const { code, stdout, stderr } = await run(["active"], { env });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("itniotech  unsupported");
    const named = await run(["active", "--account", "itniotech"], { env });
    expect([named.code, named.stdout]).toEqual([2, ""]);
  });
});
