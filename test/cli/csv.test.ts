import { startVendorEmulator } from "call-records/testing";
import Papa from "papaparse";
import { expect, it, onTestFinished } from "vitest";
import { run } from "./command.js";

/** Texts from untrusted sources, and the expected text in the file. */
const REMARKS: readonly (readonly [string, string])[] = [
  ["=1+1", `"'=1+1"`],
  ["+1+1", `"'+1+1"`],
  ["-1+1", `"'-1+1"`],
  ["@SUM(A1)", `"'@SUM(A1)"`],
  ["＝1", `"'＝1"`],
  ["＋1", `"'＋1"`],
  ["－1", `"'－1"`],
  ["＠a", `"'＠a"`],
  ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
  ["+8613800138000", "+8613800138000"],
  ["-5", "-5"],
  ['say "hi"', '"say ""hi"""'],
  ["one, two", '"one, two"'],
  ["two\nlines", '"two\nlines"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["客户要求回电", "客户要求回电"],
  ["plain = text", "plain = text"],
  ["one; two", '"one; two"'],
  ["x;=1+1", `"x;'=1+1"`],
  ["x; =1+1", `"x;' =1+1"`],
  ['x;"=1+1', `"x;'""=1+1"`],
  ["x;@SUM(A1);-1+1", `"x;'@SUM(A1);'-1+1"`],
  ["x;＝1;＋1;－1;＠a", `"x;'＝1;'＋1;'－1;'＠a"`],
  ["x\t=1+1", `"x\t'=1+1"`],
  ["x\r\n=1+1", `"x\r\n'=1+1"`],
  ["x\n-a", `"x\n'-a"`],
  ["\t=1", `"'\t'=1"`],
  [" =1+1", `"' =1+1"`],
  ['"=1+1"', `"'""=1+1"""`],
  ["call;+8613800138000;-5", '"call;+8613800138000;-5"'],
  ["one,=two", '"one,=two"'],
];

it("CSV follows RFC 4180, and no cell is a formula", async () => {
  const began = Date.now() - 3 * 86_400_000;
  const calls = REMARKS.map(([remark], index) => ({
    startedAt: new Date(began + index * 60_000),
    customer: "8613800138000",
    row: { remark },
  }));
  const emulator = await startVendorEmulator({ days: 5, callsPerDay: 0, activeCalls: 0, calls: { itniotech: calls } });
  onTestFinished(() => emulator.close());
  const { code, stdout, stderr } = await run(
    [
      "records",
      "--from",
      "4d",
      "--to",
      "2d",
      "--account",
      "itniotech",
      "--order",
      "time",
      "--format",
      "csv",
      "--columns",
      "account,remark,callee.e164",
    ],
    { env: emulator.environment() },
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toBe(
    ["account,remark,callee.e164", ...REMARKS.map(([, cell]) => `itniotech,${cell},+8613800138000`), ""].join("\r\n"),
  );
  expect(
    Papa.parse<string[]>(stdout, { newline: "\r\n", skipEmptyLines: true })
      .data.slice(1)
      .map(([, remark]) => remark?.replaceAll("'", "")),
  ).toEqual(REMARKS.map(([remark]) => remark));
});
