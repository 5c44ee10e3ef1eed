import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messageOf } from "../../src/cli/terminal/option-names.js";
import { policyFields } from "../../src/operations/arguments.js";
import { recordsSchema } from "../../src/operations/records/records-arguments.js";
import type { FailureCode } from "../../src/contract/failure-classification.js";
import { failureOf } from "../../src/engine/account/failure.js";
import { run } from "./command.js";

const failureCodes = Object.keys({
  ...{ authentication: 0, permission: 0, "rate-limit": 0, "recording-gone": 0, request: 0 },
  ...{ response: 0, retention: 0, unsupported: 0, vendor: 0 },
} satisfies Record<FailureCode, 0>) as FailureCode[];

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
    [
      "a: list was refused (HTTP 400). Check the arguments of the call.",
      "a: list was refused (HTTP 400). Check the options of the command.",
    ],
    [
      "a: list is not supported. Leave this account out of the call.",
      "a: list is not supported. Select other accounts with --account.",
    ],
    [
      'a: refused. Begin the range later, or pass `beforeRetention: "clip"`.',
      "a: refused. Begin the range later with --from.",
    ],
    ['Begin a little later than that, or pass `beforeRetention: "clip"`.', "Begin a little later than that."],
    ['a row has no start. Pass `unreadableRows: "report"` to skip such rows.', "a row has no start."],
    ["migrate: The database cannot be reached.", "--into: The database cannot be reached."],
    ["syncTo: argument `to` is wrong.", "sync: --to is wrong."],
    ["auditDestination: argument `from` is wrong.", "audit: --from is wrong."],
    [
      "a: The tables do not exist. Run `await destination.migrate()` first.",
      "a: The tables do not exist. Run call-records sync --into first.",
    ],
    [
      "It expires after 15 seconds without renewal (option `leaseSeconds`), for example",
      "It expires after 15 seconds without renewal, for example",
    ],
    ["its lease expires within its `leaseSeconds`.", "its lease expires, by default after 15 seconds."],
    ["set the option `defaultCountry`", "set the option `defaultCountry`"],
    ['set `filtersOn: "unknown"`', 'set `filtersOn: "unknown"`'],
  ])("%s names options of the command line", (message, expected) => {
    expect(messageOf(message)).toBe(expected);
  });

  it("has other words for the advice about every code of an error", () => {
    const response = { status: 400, headers: {}, body: {} };
    const context = { provider: "p", account: "a", operation: "list", window: null, attempts: 1 };
    const messages = failureCodes.map((code) => {
      const classification = { type: "fail", error: code, message: null, vendorCode: "7", requestId: null } as const;
      const clean = (text: string) => text;
      return messageOf(failureOf(classification, response, context, { local: 0, vendor: 0 }, clean).message);
    });
    expect(messages.filter((text) => text !== "a: list was refused (7).").length).toBeGreaterThan(5);
    // An account's own options have the same names in the file of accounts.
    for (const text of messages)
      expect(text.replace(/`(?:rate|endpoint)`/, "")).not.toMatch(/`|the call\b|arguments?\b/);
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
