import { inspect } from "node:util";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { AuthenticationError, day, month, RequestError } from "call-records";
import { daysAgo, openStage, rejectionOf, type Stage, thrownBy } from "./stage.js";

const range = { from: daysAgo(20), to: daysAgo(4) };
/** The client without types, as plain JavaScript calls it. */
interface Untyped {
  records(query?: unknown): { toArray(options?: unknown): Promise<unknown> };
  usage(query?: unknown): Promise<unknown>;
  activeCalls(query?: unknown): Promise<unknown>;
}

let stage: Stage;
let client: Untyped;
beforeAll(async () => {
  stage = await openStage({ emulator: { days: 25, callsPerDay: 5 } });
  client = stage.client;
});
afterEach(() => {
  expect(stage.emulator.requests).toEqual([]);
});

function expectRefusal(error: Error, argument: string, rule: RegExp): void {
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toMatchObject({ code: "request", name: "RequestError" });
  expect(error.message).toContain(`\`${argument}\``);
  expect(error.message).toMatch(rule);
}

describe("a range", () => {
  it.each([
    "2026-11-01",
    "2026-11-01T00:00:00",
    "2026-11-01 00:00:00+08:00",
    "01/11/2026",
    "",
    "yesterday",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-01T25:00:00Z",
    1_793_836_800_000,
    null,
    undefined,
    new Date(Number.NaN),
  ])("with the bound %o is rejected: bounds are a Date, or ISO 8601 with an offset", async (bound) => {
    for (const argument of ["from", "to"]) {
      expectRefusal(
        thrownBy(() => client.records({ ...range, [argument]: bound })),
        argument,
        /offset or Z|missing/,
      );
      expectRefusal(await rejectionOf(client.usage({ ...range, [argument]: bound })), argument, /offset or Z|missing/);
    }
  });

  it("that is reversed or empty is rejected, and the message says which", async () => {
    expectRefusal(
      thrownBy(() => client.records({ from: range.to, to: range.from })),
      "to",
      /reversed/,
    );
    expectRefusal(
      thrownBy(() => client.records({ from: range.to, to: range.to })),
      "to",
      /empty/,
    );
    expectRefusal(await rejectionOf(client.usage({ from: range.to, to: range.from })), "to", /reversed/);
    expectRefusal(
      await rejectionOf(client.usage({ from: "2026-11-01T08:00:00+08:00", to: "2026-11-01T00:00:00Z" })),
      "to",
      /empty/,
    );
  });

  it("that is missing is rejected", async () => {
    expectRefusal(
      thrownBy(() => client.records()),
      "from",
      /missing|must be a Date/,
    );
    expectRefusal(await rejectionOf(client.usage({})), "to", /missing|must be a Date/);
  });
});

describe("an argument", () => {
  it.each<[object, string, RegExp]>([
    [{ accounts: ["nobody"] }, "nobody", /accounts are `tencent-ccc`, `huawei-cec`, `itniotech`/],
    [{ accounts: [] }, "accounts", /at least one/],
    [{ accounts: "tencent-ccc" }, "accounts", /must be a list/],
    [{ until: "x" }, "until", /unknown argument/],
    [{ signal: {} }, "signal", /AbortSignal/],
    [{ totalTimeoutMs: 0 }, "totalTimeoutMs", /must be more than 0/],
    [{ totalTimeoutMs: Number.NaN }, "totalTimeoutMs", /number/],
    [{ isolateFailures: "yes" }, "isolateFailures", /must be true or false/],
    [{ beforeRetention: "skip" }, "beforeRetention", /throw/],
    [{ unreadableRows: "skip" }, "unreadableRows", /report/],
  ])("%o is rejected by every operation, with its name and rule", async (argument, name, rule) => {
    expectRefusal(
      thrownBy(() => client.records({ ...range, ...argument })),
      name,
      rule,
    );
    expectRefusal(await rejectionOf(client.usage({ ...range, ...argument })), name, rule);
    expectRefusal(await rejectionOf(client.activeCalls(argument)), name, rule);
  });

  it.each<[object, string, RegExp]>([
    [{ direction: "in" }, "direction", /inbound/],
    [{ number: "" }, "number", /must be a telephone number/],
    [{ number: " + " }, "number", /must be a telephone number/],
    [{ number: "anonymous" }, "number", /must be a telephone number/],
    [{ number: "138****8000" }, "number", /must be a telephone number/],
    [{ number: "1".repeat(17) }, "number", /must be a telephone number of 1 to 16 digits/],
    [{ number: "18392515977/13800000000" }, "number", /must be a telephone number/],
    [{ number: "8.61839E+12" }, "number", /every digit of the number: an exponent or decimals/],
    [{ number: ["1,8392515977 E 10"] }, "number.0", /every digit of the number: an exponent or decimals/],
    [{ number: "18392515977.0" }, "number", /every digit of the number: an exponent or decimals/],
    [{ number: 8_613_800_138_000 }, "number", /must be a telephone number/],
    [{ number: [] }, "number", /a list of at least one number/],
    [{ number: ["+8613800138000", "none"] }, "number.1", /must be a telephone number/],
    [{ order: "asc" }, "order", /arrival/],
    [{ raw: 0 }, "raw", /must be true or false/],
    [{ by: "day" }, "by", /unknown argument/],
    [{ providerFilters: [] }, "providerFilters", /record|object/],
  ])("%o of records is rejected", (argument, name, rule) => {
    expectRefusal(
      thrownBy(() => client.records({ ...range, ...argument })),
      name,
      rule,
    );
  });

  it.each<[object, string, RegExp]>([
    [{ by: "week" }, "by", /month/],
    [{ source: "both" }, "source", /vendor/],
    [{ order: "time" }, "order", /unknown argument/],
    [{ max: 1 }, "max", /unknown argument/],
  ])("%o of usage is rejected", async (argument, name, rule) => {
    expectRefusal(await rejectionOf(client.usage({ ...range, ...argument })), name, rule);
  });

  it.each([
    undefined,
    {},
    { max: 0 },
    { max: -1 },
    { max: 1.5 },
    { max: "10" },
    { max: Number.NaN },
    { max: Number.POSITIVE_INFINITY },
    { max: null },
    null,
  ])("of toArray that is %o, without a positive `max`, is rejected", async (options) => {
    expectRefusal(await rejectionOf(client.records(range).toArray(options)), "max", /positive whole number/);
  });
});

describe("a day or a month", () => {
  it.each(["2026-02-30", "2026-1-1", "2026-13-01", "", "20261101", "2026-11-01T00:00:00Z"])(
    "that is %o is rejected",
    (text) => {
      expectRefusal(
        thrownBy(() => day(text, "Asia/Shanghai")),
        "date",
        /real day/,
      );
    },
  );

  it.each([
    ["2011-12-30", "Pacific/Apia"],
    ["1993-08-21", "Pacific/Kwajalein"],
  ])("that a move over the date line skipped is rejected: %s in %s", (date, timeZone) => {
    expectRefusal(
      thrownBy(() => day(date, timeZone)),
      "date",
      /over the date line/,
    );
    const before = new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    const after = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    expect(day(before, timeZone).to).toEqual(day(after, timeZone).from);
  });

  it.each(["2026-13", "2026-00", "2026", "", "2026-11-01"])("that is the month %o is rejected", (text) => {
    expectRefusal(
      thrownBy(() => month(text, "Asia/Shanghai")),
      "yearAndMonth",
      /real month/,
    );
  });

  it("in an unknown time zone is rejected", () => {
    expectRefusal(
      thrownBy(() => day("2026-11-01", "Mars/Olympus")),
      "timeZone",
      /IANA/,
    );
  });

  it.each([undefined, null, "", 8])("with the time zone %o is rejected: the machine's is never used", (timeZone) => {
    for (const [range, text] of [
      [day, "2026-11-01"],
      [month, "2026-11"],
    ] as const) {
      const error = thrownBy(() => Reflect.apply(range, undefined, timeZone === undefined ? [text] : [text, timeZone]));
      expectRefusal(error, "timeZone", /is required and must be an IANA time zone .*, such as Asia\/Shanghai\.$/);
      expect(error.message.startsWith(`${range.name}: `)).toBe(true);
    }
  });

  it("includes the clock changes of its time zone in its length", () => {
    const hours = ({ from, to }: { from: Date; to: Date }) => (to.getTime() - from.getTime()) / 3_600_000;
    expect(hours(day("2026-03-08", "America/New_York"))).toBe(23);
    expect(hours(day("2026-11-01", "America/New_York"))).toBe(25);
    expect(hours(month("2026-11", "America/New_York"))).toBe(30 * 24 + 1);
    expect(month("2026-12", "Asia/Shanghai")).toEqual({
      from: new Date("2026-11-30T16:00:00Z"),
      to: new Date("2026-12-31T16:00:00Z"),
    });
  });
});

// Last in the file, because `inspect` with getters can break zod's schemas.
describe("a secret", () => {
  it("is absent from the errors, reports and events of refused requests, however they are printed", async () => {
    const secrets = ["wrong-secret-key-1", "wrong-app-secret-2", "wrong-api-secret-3"];
    const wrong = await openStage({
      emulator: { days: 2 },
      tencent: { secretKey: secrets[0] },
      huawei: { appSecret: secrets[1] ?? "" },
      itniotech: { apiSecret: secrets[2] ?? "" },
    });
    const seen: string[] = [];
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"]) {
      const stream = wrong.client.records({ from: daysAgo(1), to: daysAgo(0), accounts: [account] });
      const error = await rejectionOf(stream.toArray({ max: 10 }));
      expect(error).toBeInstanceOf(AuthenticationError);
      seen.push(
        error.message,
        error.stack ?? "",
        JSON.stringify(error),
        inspect(error, { depth: null, showHidden: true, getters: true }),
        JSON.stringify(stream.report()),
      );
    }
    seen.push(JSON.stringify(wrong.events));
    const sent = wrong.emulator.requests
      .map(({ headers }) => [headers.authorization, headers.sign])
      .flat()
      .filter((header) => typeof header === "string");
    expect(sent).toHaveLength(2);
    for (const text of seen) for (const secret of [...secrets, ...sent]) expect(text).not.toContain(secret);
  });
});
