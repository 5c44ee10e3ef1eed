import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newFolder, run } from "./command.js";
import { Running } from "./running.js";
import { shell } from "./shell.js";

const DAY_MS = 86_400_000;
const TO = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS);
const FROM = new Date(TO.getTime() - 25 * DAY_MS);
const RANGE = ["--from", FROM.toISOString(), "--to", TO.toISOString()];

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 30, callsPerDay: 120, activeCalls: 200 });
});
afterAll(() => emulator.close());

describe("a reader that closes the pipe", () => {
  it.each([
    ["records (ndjson)", `records ${RANGE.join(" ")}`],
    ["records (csv)", `records ${RANGE.join(" ")} --format csv`],
    ["records (table)", `records ${RANGE.join(" ")} --format table`],
    ["records (json)", `records ${RANGE.join(" ")} --format json`],
    ["sync", `sync ${RANGE.join(" ")} --state state`],
    ["active", "active"],
    ["providers", "providers --format table"],
    ["help", "records --help"],
  ])("ends %s without an error", async (_, command) => {
    const { code, stdout, stderr } = await shell(`call-records ${command} | head -1`, { env: emulator.environment() });
    expect(code, stderr).toBe(0);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).not.toMatch(/EPIPE|rror|\bat .*:\d+/);
  });

  it("stops the requests", async () => {
    // More calls than are requested concurrently, and more than are read ahead.
    const many = await startVendorEmulator({ days: 30, callsPerDay: 300 });
    onTestFinished(() => many.close());
    const all = await run(["records", ...RANGE, "--account", "tencent-ccc", "--quiet"], { env: many.environment() });
    expect(all.code).toBe(0);
    const whole = many.requests.length;
    many.clearRequests();
    const { stderr } = await shell(`call-records records ${RANGE.join(" ")} --account tencent-ccc | head -1`, {
      env: many.environment(),
    });
    expect(stderr).toBe("");
    // Some requests are sent before the pipe is full and closed.
    expect(many.requests.length).toBeLessThan(whole / 2);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("and is ended by the same %s does not hide the exit code of the signal", async (signal, code) => {
    const cwd = await newFolder();
    // The reader reads the first part, so that the next one fills the pipe. Then it interrupts the command and exits.
    const reader = `
      const { readFileSync } = require("node:fs");
      process.stdin.once("readable", () => {
        process.stdin.read();
        process.kill(Number(readFileSync("pid", "utf8")), "${signal}");
        process.exit();
      });`;
    await writeFile(join(cwd, "reader.cjs"), reader);
    const command = `{ sh -c 'echo $$ > pid; exec call-records records ${RANGE.join(" ")}' 2> /dev/null; echo $? > code; } | node reader.cjs`;
    await shell(command, { env: emulator.environment(), cwd });
    expect(await readFile(join(cwd, "code"), "utf8")).toBe(`${code}\n`);
  });

  it("makes the next sync deliver again what was not written to the pipe", async () => {
    const cwd = await newFolder();
    const env = emulator.environment();
    const args = ["sync", ...RANGE, "--account", "tencent-ccc", "--state", "state"];
    const running = await Running.start(args, { env, cwd }, false);
    // The pipe is closed after the first part. Changes that were not in the pipe by then must not be committed.
    await new Promise<void>((resolve) => {
      running.child.stdout.once("data", () => {
        running.child.stdout.destroy();
        resolve();
      });
    });
    const { code, stderr } = await running.outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

    const idsIn = (ndjson: string) =>
      ndjson
        .split("\n")
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { record: { id: string } }).record.id);
    const again = await run(args, { env, cwd });
    expect(again.code, again.stderr).toBe(0);
    const expected = emulator.truth["tencent-ccc"].calls
      .filter(({ startedAt }) => startedAt >= FROM && startedAt < TO)
      .map(({ id }) => id);
    const rest = new Set(idsIn(again.stdout));
    const missing = expected.filter((id) => !rest.has(id));
    // The pipe contains some changes that were not read.
    expect(missing.length).toBeLessThan(expected.length / 4);
  });
});

describe("a closed standard error", () => {
  it.each(["2>&-", "2> >(exec 2>&- 0<&-)"])("does not affect the data (%s)", async (redirection) => {
    const cwd = await newFolder();
    const { code } = await shell(
      `call-records records ${RANGE.join(" ")} --account tencent-ccc --verbose ${redirection} > rows`,
      { env: emulator.environment(), cwd },
    );
    expect(code).toBe(0);
    const lines = await shell("wc -l < rows", { cwd });
    expect(Number(lines.stdout)).toBe(
      emulator.truth["tencent-ccc"].calls.filter(({ startedAt }) => startedAt >= FROM && startedAt < TO).length,
    );
  });
});
