import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { run } from "./command.js";
import { CTRL_C, PseudoTerminal } from "./pseudo-terminal.js";

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 1, callsPerDay: 0, activeCalls: 30 });
});
afterAll(() => emulator.close());

const WATCH = ["active", "--watch", "1s"];
const count = ({ written }: PseudoTerminal, text: RegExp) => [...written.matchAll(text)].length;
/** Whether the table was refreshed often enough that the current one was drawn over a previous one. */
const refreshed = (terminal: PseudoTerminal) => count(terminal, /Ctrl-C to quit|\d\d:\d\d:\d\d Asia/g) >= 3;

describe("active --watch", () => {
  it("refreshes in place, and shows as many calls as fit on the screen", async () => {
    const terminal = await PseudoTerminal.open(WATCH, { rows: 20, env: { ...emulator.environment(), NO_COLOR: "1" } });
    await terminal.until(refreshed);
    expect(terminal.scrolledAway).toBe(0);
    expect(terminal.hasWrapped).toBe(false);
    expect(terminal.cursorIsVisible).toBe(false);
    const { lines } = terminal;
    expect(lines).toHaveLength(19);
    expect(lines[0]).toMatch(/^state +for +caller +callee +account +direction( agent)?$/);
    expect(lines.filter((line) => /tencent-ccc|huawei-cec/.test(line))).toHaveLength(15);
    expect(lines.slice(-3)).toEqual([
      "… and 45 more",
      expect.stringMatching(/^Not shown for lack of room: (?:agent, )?started\. --columns selects columns\.$/),
      expect.stringMatching(/^60 active calls · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Asia\/Shanghai · Ctrl-C to quit$/),
    ]);

    terminal.press(CTRL_C);
    expect(await terminal.code).toBe(130);
    expect(terminal.written).not.toContain("Stopped");
    expect(terminal.cursorIsVisible).toBe(true);
    expect(terminal.lines.filter((line) => line.startsWith("state"))).toHaveLength(1);
  });

  it("uses 24 lines on a terminal that does not report its size", async () => {
    const terminal = await PseudoTerminal.open(WATCH, {
      reportsSize: false,
      env: { ...emulator.environment(), NO_COLOR: "1" },
    });
    await terminal.until(refreshed);
    expect(terminal.lines).toHaveLength(23);
    expect(terminal.lines[0]).toMatch(/^state +for +caller +callee +account +direction/);
    expect(terminal.lines.at(-1)).toMatch(/^60 active calls/);
  });

  it("is drawn again when the terminal is resized", async () => {
    const terminal = await PseudoTerminal.open(WATCH, { rows: 20, env: { ...emulator.environment(), NO_COLOR: "1" } });
    await terminal.until(({ lines }) => lines.length === 19);
    for (const [columns, rows] of [
      [130, 30],
      [60, 12],
      [100, 20],
    ] as const) {
      await terminal.resize(columns, rows);
      await terminal.until(
        ({ visible }) =>
          visible.length === rows - 1 &&
          (visible[0] ?? "").startsWith("state") &&
          (visible.at(-1) ?? "").includes("active call"),
      );
      expect(terminal.visible.filter((line) => line.startsWith("state"))).toHaveLength(1);
      expect((terminal.visible[0] ?? "").includes("agent")).toBe(columns > 60);
    }
  });

  it("shows a failed account within the available lines", async () => {
    const env = { ...emulator.environment(), HUAWEI_CEC_APP_SECRET: "wrong", NO_COLOR: "1" };
    const terminal = await PseudoTerminal.open(WATCH, { rows: 12, env });
    await terminal.until(refreshed);
    expect(terminal.scrolledAway, terminal.lines.join("\n")).toBe(0);
    expect(terminal.lines.at(-1)).toMatch(/^huawei-cec failed: (?!huawei-cec).+/);
    expect(terminal.lines.at(-2)).toMatch(/^30 active calls/);
    expect(terminal.lines[0]).toMatch(/^state/);
  });

  it("names every account with missing calls, and the reason", async () => {
    const own = await startVendorEmulator({ days: 1, callsPerDay: 0, activeCalls: 30 });
    onTestFinished(() => own.close());
    // One of Tencent's two applications and both of Huawei's lists fail.
    own.inject("redirect", { vendor: "tencent-ccc", operation: "DescribePSTNActiveSessionList" });
    own.inject("redirect", { vendor: "huawei-cec", operation: "queryCallDetailRecord", times: 2 });
    const terminal = await PseudoTerminal.open(["active", "--watch", "1d"], {
      columns: 200,
      env: { ...own.environment(), NO_COLOR: "1" },
    });
    await terminal.until(({ lines }) => (lines.at(-1) ?? "").startsWith("huawei-cec failed: "));
    expect(terminal.lines.at(-1)).toContain("HTTP 302");
    expect(terminal.lines.at(-2)).toMatch(/^tencent-ccc partial: (?!tencent-ccc).*HTTP 302/);
    const shown = Number(/^(\d+) active calls/.exec(terminal.lines.at(-3) ?? "")?.[1]);
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(30);
  });

  it("prints the messages of --verbose above the table", async () => {
    const terminal = await PseudoTerminal.open([...WATCH, "--verbose"], {
      rows: 24,
      env: { ...emulator.environment(), NO_COLOR: "1" },
    });
    await terminal.until(
      ({ lines }) =>
        lines.filter((line) => line.includes("HTTP 200")).length > 4 && (lines.at(-1) ?? "").includes("active call"),
    );
    expect(
      terminal.lines.filter((line) => line.startsWith("state")),
      terminal.lines.join("\n"),
    ).toHaveLength(1);
    terminal.press(CTRL_C);
    expect(await terminal.code).toBe(130);
  });

  it("is refused without a terminal", async () => {
    const { code, stdout, stderr } = await run(WATCH, { env: emulator.environment() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("--watch requires a terminal");
    const piped = await PseudoTerminal.open(WATCH, { env: emulator.environment(), then: "> file" });
    expect(await piped.code).toBe(2);
  });
});
