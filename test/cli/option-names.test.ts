import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messageOf } from "../../src/cli/terminal/option-names.js";
import { policyFields } from "../../src/operations/arguments.js";
import { recordsSchema } from "../../src/operations/records/records-arguments.js";
import { run } from "./command.js";

describe("a message of the library", () => {
  it.each([
    ["a: argument `to` must be later than `from`: reversed.", "a: --to must be later than --from: reversed."],
    ["(argument `number`)", "(--number)"],
    ["sync: argument `abandon.0.to` is wrong.", "sync: --abandon is wrong."],
    [
      'Pass `source: "auto"`, or select others with `accounts`.',
      "Pass --source auto, or select others with --account.",
    ],
    ['read with `order: "arrival"`.', "read with --order arrival."],
    ["measure with `client.probe(account)`", "measure with call-records doctor --probe"],
    ["set the option `defaultCountry`", "set the option `defaultCountry`"],
    ['set `filtersOn: "unknown"`', 'set `filtersOn: "unknown"`'],
  ])("%s names options of the command line", (message, expected) => {
    expect(messageOf(message)).toBe(expected);
  });

  it("names the option of every argument by which `records` selects calls", () => {
    // The command line sets the policy itself. A call with `raw: false` has no message.
    const own = new Set([...Object.keys(policyFields), "raw"]);
    for (const name of Object.keys(recordsSchema.shape).filter((one) => !own.has(one)))
      expect(messageOf(`argument \`${name}\``)).toMatch(/^--[a-z-]+$/);
  });
});

describe("a message on the terminal", () => {
  let emulator: VendorEmulator;
  beforeAll(async () => {
    const calls = [{ id: "bare", startedAt: new Date(Date.now() - 7_200_000), customer: "13912345678" }];
    emulator = await startVendorEmulator({ callsPerDay: 0, activeCalls: 0, calls: { "tencent-ccc": calls } });
  });
  afterAll(() => emulator.close());

  it.each([
    [["usage", "--source", "vendor", "--account", "itniotech"], 2, ["--source auto", "with --account."]],
    [["records", "--number", "13912345678", "--account", "tencent-ccc"], 0, ["a requested number (--number)"]],
    [["records", "--number", "+8613912345678", "--account", "tencent-ccc"], 0, ["the row bare", "(--number)"]],
  ])("of %j names options, not arguments", async (args, code, words) => {
    const outcome = await run([...args, "--from", "1d"], { env: emulator.environment() });
    expect(outcome.code, outcome.stderr).toBe(code);
    for (const text of words) expect(outcome.stderr).toContain(text);
    expect(outcome.stderr).not.toMatch(/argument `|`(?:number|accounts|source)/);
  });
});
