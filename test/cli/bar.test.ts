import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newFolder, run } from "./command.js";
import { CTRL_C, PseudoTerminal } from "./pseudo-terminal.js";

/** This latency is long enough that the bar is drawn more than once, also on a busy machine. */
const LATENCY_MS = 600;
const BAR = /^[█░]{20} \d+\/\d+ windows, [\d,]+ calls, [\d,]+\/s(?:, \d+ (?:s|min) left)?$/;

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 30, callsPerDay: 20, latencyMs: LATENCY_MS });
});
afterAll(() => emulator.close());

const bars = ({ lines }: PseudoTerminal) => lines.filter((line) => /[█░]/.test(line));

describe("the progress bar", () => {
  it.each([
    ["records", ["records", "--from", "20d", "--format", "csv", "--out", "calls.csv"]],
    ["sync", ["sync", "--state", "state", "--from", "20d", "--out", "calls.ndjson"]],
  ])("shows the progress of %s, and disappears at the end", async (_, args) => {
    const terminal = await PseudoTerminal.open([...args, "--account", "tencent-ccc"], { env: emulator.environment() });
    await terminal.until((now) =>
      bars(now).some((line) => BAR.test(line) && /[1-9]\d* calls/.test(line) && line.endsWith(" left")),
    );
    expect(terminal.cursorIsVisible).toBe(false);
    expect(bars(terminal)).toHaveLength(1);
    expect(await terminal.code, terminal.lines.join("\n")).toBe(0);
    expect(bars(terminal)).toEqual([]);
    expect(terminal.cursorIsVisible).toBe(true);
    expect(terminal.lines[0]).toMatch(/^tencent-ccc {2}complete/);
  });

  it("stays below the messages, which are not truncated", async () => {
    const env = { ...emulator.environment(), NO_COLOR: "1" };
    emulator.inject("http-503", { vendor: "tencent-ccc" });
    const terminal = await PseudoTerminal.open(
      ["records", "--from", "20d", "--account", "tencent-ccc", "--out", "calls.ndjson", "--verbose"],
      { env },
    );
    await terminal.until(({ lines }) => lines.length > 3 && BAR.test(lines.at(-1) ?? ""));
    expect(await terminal.code).toBe(0);
    expect(bars(terminal)).toEqual([]);
    const shown = terminal.lines.join("");
    expect(shown).toMatch(/DescribeTelCdr: attempt 1 failed .*, retry in \d+ ms/);
    expect(shown).toMatch(/DescribeTelCdr: \S+Z to \S+Z (?:read|verified)/);
  });

  it("is on standard error while the shell redirects the rows to a file", async () => {
    const terminal = await PseudoTerminal.open(["records", "--from", "20d", "--account", "tencent-ccc"], {
      env: emulator.environment(),
      then: "> rows",
    });
    await terminal.until((now) => bars(now).length === 1);
    expect(await terminal.code).toBe(0);
    expect(terminal.cursorIsVisible).toBe(true);
  });

  it("does not appear when rows are piped to a program, which may print on the same terminal", async () => {
    const terminal = await PseudoTerminal.open(["records", "--from", "20d", "--account", "tencent-ccc"], {
      env: emulator.environment(),
      then: "| wc -l",
    });
    expect(await terminal.code).toBe(0);
    expect(terminal.written).not.toMatch(/[█░]/);
  });

  it.each([1, 2])("is removed, and the cursor is restored, when Ctrl-C is pressed %i times", async (times) => {
    const cwd = await newFolder();
    const terminal = await PseudoTerminal.open(["records", "--from", "20d", "--out", "calls.csv", "--format", "csv"], {
      env: emulator.environment(),
      cwd,
    });
    await terminal.until((now) => bars(now).length === 1);
    terminal.press(CTRL_C.repeat(times));
    expect(await terminal.code).toBe(130);
    expect(bars(terminal)).toEqual([]);
    expect(terminal.cursorIsVisible).toBe(true);
    expect(await readdir(cwd)).toEqual([]);
    if (times === 1)
      expect(terminal.lines.join("")).toContain(
        "To start again: call-records records --from 20d --format csv --out calls.csv",
      );
  });

  it("does not appear with a table on the same terminal, or with --quiet", async () => {
    const env = emulator.environment();
    const table = await PseudoTerminal.open(["records", "--from", "3d"], { env });
    expect(await table.code).toBe(0);
    expect(table.written).not.toMatch(/[█░]/);
    const quiet = await PseudoTerminal.open(["records", "--from", "3d", "--quiet", "--out", "calls.ndjson"], { env });
    expect(await quiet.code).toBe(0);
    expect(quiet.written).toBe("");
  });
});

describe("without a terminal", () => {
  it("standard error contains only plain lines, and nothing with --quiet", async () => {
    const env = emulator.environment();
    const cwd = await newFolder();
    const loud = await run(["records", "--from", "10d", "--out", "calls.csv", "--format", "csv", "--verbose"], {
      env,
      cwd,
    });
    expect(loud.code).toBe(0);
    expect(loud.stdout).toBe("");
    // eslint-disable-next-line no-control-regex -- control characters are the subject of the test
    expect(loud.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f█░]/);
    expect(loud.stderr.split("\n").length).toBeGreaterThan(10);
    const quiet = await run(["records", "--from", "10d", "--out", "quiet.csv", "--format", "csv", "--quiet"], {
      env,
      cwd,
    });
    expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await readFile(join(cwd, "quiet.csv"), "utf8")).toContain("account,provider");
  });
});
