import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sanitize, sanitizeLine } from "../../src/cli/terminal/sanitize.js";
import { newFolder, run } from "./command.js";
import { linesOf } from "./lines.js";
import { PseudoTerminal } from "./pseudo-terminal.js";

/** Characters that clear the screen, move the cursor, set a title, change the direction of writing or are invisible. */
const DANGEROUS = [
  "\u001b[2J",
  "\u001b]0;title\u0007",
  "\u009b1A",
  "\u0090",
  "\u007f",
  "\b\b",
  "\r",
  "\u061c",
  "\u200e",
  "\u200f",
  "\u202e",
  "\u2066",
  "\u2069",
  "\u2028",
  "\u2029",
  "\u200b",
  "\u2060",
  "\ufeff",
  "\u{e0041}",
];
const REMARK = `before ${DANGEROUS.join(" x ")} behind 客户 👩‍💻`;
const RAW =
  // eslint-disable-next-line no-control-regex -- control characters are the subject of the test
  /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\u{e0041}|\r(?![\r\n])/u;
// eslint-disable-next-line no-control-regex -- control characters are the subject of the test
const COLORS = /\u001b\[\d{1,3}m/g;

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({
    days: 3,
    callsPerDay: 0,
    activeCalls: 0,
    calls: { itniotech: [{ startedAt: new Date(Date.now() - 86_400_000), row: { remark: REMARK } }] },
  });
});
afterAll(() => emulator.close());

const RECORDS = ["records", "--from", "2d", "--account", "itniotech"];

function expectHarmless(written: string): void {
  const own = written.replace(COLORS, "");
  expect(own).not.toMatch(RAW);
  expect(own).not.toContain("\u001b");
}

describe("on a terminal", () => {
  it.each(["csv", "ndjson", "json", "table"])("--format %s escapes control characters in the data", async (format) => {
    const columns = format === "csv" || format === "table" ? ["--columns", "id,remark"] : [];
    const terminal = await PseudoTerminal.open([...RECORDS, "--format", format, ...columns, "--quiet"], {
      columns: 400,
      env: emulator.environment(),
    });
    expect(await terminal.code).toBe(0);
    expectHarmless(terminal.written);
    // A table truncates the remark.
    expect(terminal.written).toContain(format === "table" ? "before " : "behind 客户 👩‍💻");
    if (format === "ndjson")
      expect(linesOf(terminal.written.replaceAll("\r\n", "\n"))).toMatchObject([{ remark: REMARK }]);
    if (format === "json") expect(JSON.parse(terminal.written)).toMatchObject([{ remark: REMARK }]);
    if (format === "csv") expect(terminal.written).toContain("before \\u001b[2J x ");
  });

  it("--out with a terminal device escapes control characters in the data", async () => {
    const terminal = await PseudoTerminal.open([...RECORDS, "--out", "/dev/tty", "--quiet"], {
      columns: 400,
      env: emulator.environment(),
    });
    expect(await terminal.code).toBe(0);
    expectHarmless(terminal.written);
    expect(linesOf(terminal.written.replaceAll("\r\n", "\n"))).toMatchObject([{ remark: REMARK }]);
  });

  it("all commands and messages escape control characters in the name of an account", async () => {
    const cwd = await newFolder();
    const { apiKey, apiSecret } = emulator.credentials.itniotech;
    const account = `a\u001b[2J\u009b1A\u061cb`;
    const good = { provider: "itniotech", account, apiKey, apiSecret, endpoint: emulator.endpoints.itniotech };
    await writeFile(
      join(cwd, "call-records.config.json"),
      JSON.stringify({
        accounts: [
          good,
          { ...good, account: `${account} wrong`, apiSecret: "wrong" },
          { ...good, account: `${account} bad`, timeZone: "x\u001b[2J" },
        ],
      }),
      { mode: 0o600 },
    );
    const chosen = ["--account", account, "--account", `${account} wrong`];
    for (const args of [
      ["records", "--from", "2d", ...chosen],
      ["records", "--from", "2d"],
      ["sync", "--state", "s", "--from", "2d", ...chosen],
      ["usage", "--from", "2d", ...chosen],
      ["active", ...chosen],
      ["doctor"],
      ["providers"],
      ["records", "--from", "x\u001b[2J"],
      ["records", "--\u009b"],
    ]) {
      const terminal = await PseudoTerminal.open(args, { columns: 400, cwd, env: {} });
      await terminal.code;
      expectHarmless(terminal.written);
      expect(terminal.written.length, args.join(" ")).toBeGreaterThan(0);
    }
  });
});

it("data in a pipe is not changed", async () => {
  const cwd = await newFolder();
  for (const format of ["ndjson", "csv"]) {
    const { stdout } = await run([...RECORDS, "--format", format], { cwd, env: emulator.environment() });
    expect(stdout).toContain("\u009b1A");
    expect(stdout).toContain("\u202e");
    expect(stdout.includes("\u001b[2J")).toBe(format === "csv");
  }
});

it("a sanitized line keeps the program's own colors, and no other escape sequence", () => {
  expect(sanitize("one\ntwo\tthree\r\nfour\rfive")).toBe("one\ntwo\tthree\r\nfour\\u000dfive");
  expect(sanitizeLine("\u001b[31mred\u001b[39m \u001b[2J \u001b[1;31m")).toBe(
    "\u001b[31mred\u001b[39m \\u001b[2J \\u001b[1;31m",
  );
});
