import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PseudoTerminal } from "./pseudo-terminal.js";

const ESCAPES = "回电\u001b[31m红\u001b[0m\u001b]0;owned\u0007\r\n\t第二行\u202e";
const LONG_REMARK = "客户要求下周三上午十点以前给她回电话，并且把合同的第二个附件再发送一次，谢谢";

let emulator: VendorEmulator;
beforeAll(async () => {
  const now = Date.now();
  const at = (minutes: number) => new Date(now - minutes * 60_000);
  emulator = await startVendorEmulator({
    days: 5,
    callsPerDay: 6,
    calls: {
      "tencent-ccc": [
        { startedAt: at(120), customer: "0086075536564058", line: "0086075536564059", row: { Remark: LONG_REMARK } },
      ],
      itniotech: [
        { startedAt: at(150), row: { remark: ESCAPES, callTime: "5400", calledHangupTime: null } },
        { startedAt: at(180), row: { remark: "好" } },
      ],
    },
  });
});
afterAll(() => emulator.close());

/** Returns the start of each column, by the words of the heading. */
function beginnings(heading: string): number[] {
  return [...heading.matchAll(/\S+/g)].map(({ index }) => index);
}

async function show(
  args: readonly string[],
  columns: number,
  env: Record<string, string> = {},
): Promise<PseudoTerminal> {
  const terminal = await PseudoTerminal.open(args, { columns, env: { ...emulator.environment(), ...env } });
  expect(await terminal.code, terminal.lines.join("\n")).toBe(0);
  return terminal;
}

/** Returns the lines before the blank line that separates the table from the report. */
function tableOf({ lines }: PseudoTerminal): string[] {
  return lines.slice(0, lines.indexOf(""));
}

describe.each([80, 200])("a table on a terminal of %i columns", (columns) => {
  it.each([
    ["records", ["records", "--from", "2d"]],
    ["active", ["active"]],
    ["usage", ["usage", "--from", "2d", "--by", "day"]],
    ["providers", ["providers"]],
    ["doctor", ["doctor"]],
  ])("of %s wraps no line", async (_, args) => {
    const terminal = await show(args, columns);
    expect(terminal.hasWrapped, terminal.lines.join("\n")).toBe(false);
    expect(tableOf(terminal).length).toBeGreaterThan(3);
  });

  it("aligns the columns after Chinese names and remarks", async () => {
    const terminal = await show(["records", "--from", "2d", "--columns", "remark,agent.name,account,outcome"], columns);
    const table = tableOf(terminal);
    const [, name = 0, account = 0, outcome = 0] = beginnings(table[0] ?? "");
    for (const line of table.slice(1).keys()) {
      expect(terminal.textBetween(line + 1, account, outcome).trim()).toMatch(/^(?:tencent-ccc|huawei-cec|itniotech)$/);
      for (const beginning of [name, account, outcome])
        expect(terminal.textBetween(line + 1, beginning - 1, beginning)).toMatch(/^ ?$/);
    }
    const text = table.join("\n");
    expect(text).toContain("客户要求下周");
    expect(text).toContain("…");
    expect(table.some((_, line) => /\p{Script=Han}/u.test(terminal.textBetween(line, name, account)))).toBe(true);
  });

  it("shows no control characters from the data", async () => {
    const terminal = await show(
      ["records", "--from", "3h", "--account", "itniotech", "--columns", "startedAt,remark,account"],
      columns,
      { NO_COLOR: "1" },
    );
    expect(terminal.lines.some((line) => line.includes("回电红 第二行"))).toBe(true);
    // eslint-disable-next-line no-control-regex -- control characters are the subject of the test
    expect(terminal.written.replaceAll("\r\n", "\n")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe("a table on a terminal", () => {
  it("shows complete telephone numbers, and times in minutes, at 80 columns", async () => {
    const { lines } = await show(["records", "--from", "2d"], 80);
    expect(lines[0]).toMatch(/^started +caller +callee +outcome +talk account$/);
    expect(lines.join(" ")).toContain(
      "Not shown for lack of room: direction, agent, reason, remark. --columns selects columns.",
    );
    const own = lines.find((line) => line.includes("0086075536564059 0086075536564058"));
    expect(own).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d +0086075536564059 0086075536564058 answered +0:50 tencent-ccc$/);
  });

  it("shows more columns, and times in seconds, at 200 columns", async () => {
    const { lines } = await show(["records", "--from", "2d"], 200);
    expect(lines.join(" ")).not.toContain("Not shown");
    expect(lines[0]).toMatch(/^started +caller +callee +outcome +talk account +direction agent +reason +remark$/);
    expect(lines.find((line) => line.includes("0086075536564058"))).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /);
  });

  it("has 80 columns if the terminal does not report its width", async () => {
    const terminal = await PseudoTerminal.open(["records", "--from", "2d"], {
      reportsSize: false,
      env: emulator.environment(),
    });
    expect(await terminal.code).toBe(0);
    expect(terminal.lines[0]).toMatch(/^started +caller +callee +outcome +talk account$/);
    expect(terminal.hasWrapped).toBe(false);
  });

  it("has a bold heading, unless NO_COLOR is set", async () => {
    const args = ["providers"];
    expect((await show(args, 80)).written).toContain("\u001b[1mprovider");
    expect((await show(args, 80, { NO_COLOR: "1" })).written).not.toContain("\u001b");
  });
});
