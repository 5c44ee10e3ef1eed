import { beforeAll, describe, expect, it } from "vitest";
import type { CallRecord, ClientEvent, Transport } from "call-records";
import { HttpTransport } from "../../src/engine/http/http-transport.js";
import type { CustomCall } from "call-records/testing";
import {
  bodyOf,
  daysAgo,
  huaweiAt,
  itniotechAt,
  openClient,
  openStage,
  requestsFor,
  type Stage,
  type StageOptions,
  tencentAt,
} from "./stage.js";
import { share } from "../search.js";

const startedAt = daysAgo(10);
const range = { from: daysAgo(20), to: daysAgo(4) };
const ofIndonesia = { ccode: "62(Indonesia)" };

/** One customer in the three forms of the vendors, and other customers whose numbers are similar. */
const CALLS: Record<"tencent-ccc" | "huawei-cec" | "itniotech", CustomCall[]> = {
  "tencent-ccc": [
    { id: "t-china", startedAt, customer: "008618392515977", direction: "inbound" },
    { id: "t-berlin", startedAt, customer: "+49 (0)30 1234567" },
    { id: "t-jakarta", startedAt, customer: "0062081234567890" },
    { id: "t-bare", startedAt, customer: "13912345678" },
  ],
  "huawei-cec": [
    { id: "1", startedAt, customer: "18392515977" },
    { id: "2", startedAt, customer: "+49 (0)30 1234567" },
    { id: "3", startedAt, customer: "006281234567890" },
    { id: "4", startedAt, customer: "13912345678" },
  ],
  itniotech: [
    { id: "11", startedAt, customer: "8618392515977" },
    { id: "12", startedAt, customer: "0049301234567" },
    { id: "13", startedAt, customer: "62081234567890", row: ofIndonesia },
    { id: "14", startedAt, customer: "8613912345678", direction: "inbound" },
  ],
};

const openQuiet = (options: StageOptions = {}) =>
  openStage({ ...options, emulator: { callsPerDay: 0, activeCalls: 0, calls: CALLS, ...options.emulator } });

async function find(stage: Stage, number: string | string[], more: object = {}) {
  const stream = stage.client.records({ ...range, number, ...more });
  const records = await stream.toArray({ max: 10_000 });
  return { records, ids: idsOf(records), accounts: stream.report().accounts };
}

const idsOf = (records: readonly CallRecord[]) => records.map(({ id }) => id).sort();
const warningsOf = (events: readonly ClientEvent[]) => events.filter((event) => event.type === "warning");

describe("a number", () => {
  let shared: Stage;
  beforeAll(async () => {
    shared = await openQuiet();
  });

  it.each([
    "18392515977",
    "+8618392515977",
    "008618392515977",
    "8618392515977",
    "(0086) 183.9251.5977",
    "+86\u2011183\u20139251\u22125977",
    "\u2068+86\u00a0183\u200b9251 5977\u2069",
    "１８３９２５１５９７７",
    "tel:+86-183-9251-5977;ext=12",
    "183 9251 5977 ext. 7",
  ])("written as %s finds the customer at every vendor", async (number) => {
    const { records, ids } = await find(shared, number);
    expect(ids).toEqual(["1", "11", "t-china"]);
    const customers = records.map(({ direction, caller, callee }) => (direction === "inbound" ? caller : callee)?.e164);
    expect(new Set(customers)).toEqual(new Set(["+8618392515977"]));
  });

  it.each([
    ["+49 30 1234567", "+49301234567", ["12", "2", "t-berlin"]],
    ["+49 (0)30 1234567", "+49301234567", ["12", "2", "t-berlin"]],
    ["030/1234567", "+49301234567", ["12", "2", "t-berlin"]],
    ["+6281234567890", "+6281234567890", ["13", "3", "t-jakarta"]],
    ["+62 081234567890", "+6281234567890", ["13", "3", "t-jakarta"]],
    ["081234567890", "+6281234567890", ["13", "3", "t-jakarta"]],
  ])("of another country, written as %s, finds %s at every vendor", async (number, e164, expected) => {
    const { records, ids } = await find(shared, number);
    expect(ids).toEqual(expected);
    expect(new Set(records.map(({ callee }) => callee?.e164))).toEqual(new Set([e164]));
  });

  it("can be a list, and is combined with a direction", async () => {
    const stage = await openQuiet();
    const list = ["+8618392515977", "+49301234567"];
    expect((await find(stage, list)).ids).toEqual(["1", "11", "12", "2", "t-berlin", "t-china"]);
    expect((await find(stage, list, { direction: "inbound" })).ids).toEqual(["t-china"]);
  });

  it.each(["183925159770", "8392515977", "1839251597", "+18392515977", "+86 8392515977"])(
    "is compared as a whole: %s is another number",
    async (number) => {
      expect((await find(shared, number)).ids).toEqual([]);
    },
  );

  it("is not reported where its country is certain", async () => {
    const stage = await openQuiet();
    const { accounts } = await find(stage, "+8618392515977");
    expect(warningsOf(stage.events)).toEqual([]);
    for (const account of accounts) expect(account).not.toHaveProperty("numberWarning");
  });

  it("without a country is reported once for each account that has none", async () => {
    const stage = await openQuiet();
    const { accounts } = await find(stage, ["18392515977", "13912345678"]);
    const warnings = warningsOf(stage.events);
    expect(warnings.map(({ account }) => account).sort()).toEqual(["itniotech", "tencent-ccc"]);
    for (const { account, numberWarning } of accounts)
      expect(numberWarning).toEqual(warnings.find((warning) => warning.account === account)?.message);
    expect(accounts.map(({ numberWarning }) => numberWarning ?? null)).toEqual([
      expect.stringContaining("option `defaultCountry`"),
      null,
      expect.stringContaining("option `defaultCountry`"),
    ]);
    expect(JSON.stringify(stage.events)).not.toContain("18392515977");
  });

  it("is reported without advice on `defaultCountry` where the option is set", async () => {
    const stage = await openQuiet();
    const { accounts } = await find(stage, "2345", { accounts: ["huawei-cec"] });
    expect(accounts[0]?.numberWarning).toMatch(/has no country code, or is not a valid number of its country/);
    expect(accounts[0]?.numberWarning).not.toContain("defaultCountry");
  });

  it("is compared by its digits with a row whose country is not certain, with a warning that names the row", async () => {
    const stage = await openQuiet();
    const accounts = ["tencent-ccc"];
    expect((await find(stage, "13912345678", { accounts })).ids).toEqual(["t-bare"]);
    stage.events.length = 0;
    const { ids, accounts: reports } = await find(stage, "+8613912345678", { accounts });
    expect(ids).toEqual(["t-bare"]);
    expect(warningsOf(stage.events)).toMatchObject([{ account: "tencent-ccc", key: "t-bare" }]);
    expect(reports[0]?.numberWarning).toContain("the row t-bare contains a number whose country is not certain");
    expect(reports[0]?.status).toBe("complete");
  });

  it("is found in national formats if the account has a `defaultCountry`", async () => {
    const stage = await openQuiet({ tencent: { defaultCountry: "CN" } });
    const { records, ids } = await find(stage, "+8613912345678");
    expect(ids).toEqual(["14", "4", "t-bare"]);
    expect(records.find(({ id }) => id === "t-bare")?.callee?.e164).toBe("+8613912345678");
    expect(warningsOf(stage.events)).toEqual([]);
    expect((await find(stage, "13912345678", { accounts: ["tencent-ccc"] })).ids).toEqual(["t-bare"]);
    expect(warningsOf(stage.events)).toEqual([]);
  });

  const GERMAN = { ccode: "49(Germany)" };
  it.each<[string, "tencent-ccc" | "huawei-cec" | "itniotech", string, CustomCall["row"]]>([
    ["+8618392515977", "itniotech", "", { called: null, encryptCalled: "+86 183-9251-5977" }],
    ["+8618392515977", "itniotech", "", { called: null, encryptCalled: "86-18392515977" }],
    ["+4930123456", "itniotech", "(49) 030 123456", GERMAN],
    ["+4930123456", "itniotech", "(49) 030 123456", { ccode: null }],
    ["+39061234567", "itniotech", "+390061234567", { ccode: "39(Italy)" }],
    ["+39061234567", "tencent-ccc", "+390061234567", {}],
    ["+39061234567", "huawei-cec", "00390061234567", {}],
    ["+12025550123", "itniotech", "+1 020 2555 0123", { ccode: "1(United States)" }],
    ["+12025550123", "tencent-ccc", "12025550123", {}],
    ["+12025550123", "huawei-cec", "12025550123", {}],
    ["12025550123", "huawei-cec", "+1 202-555-0123", {}],
    ["+85291234567", "huawei-cec", "85291234567", {}],
    ["+8675512345678", "huawei-cec", "75512345678", {}],
    ["+8618392515977", "tencent-ccc", "+0086 183 9251 5977", {}],
  ])("%s is found at %s in a row with %s %j", async (number, vendor, customer, row = {}) => {
    const call = { id: "900", startedAt, row, ...(customer === "" ? {} : { customer }) };
    const stage = await openQuiet({ emulator: { calls: { [vendor]: [call] } } });
    expect((await find(stage, number, { accounts: [vendor] })).ids).toEqual(["900"]);
  });

  it.each<[string, "tencent-ccc" | "huawei-cec" | "itniotech", string, CustomCall["row"], string]>([
    ["+13105551234", "huawei-cec", "13105551234", {}, "may contain"],
    ["+862158881234", "huawei-cec", "58881234", {}, "may contain"],
    ["+8618392515977", "tencent-ccc", "183****5977", {}, "may contain"],
    ["+8618392515977", "tencent-ccc", "sip:+8618392515977@10.0.0.1", {}, "may contain"],
    ["+862160812345", "huawei-cec", "021-60812345-80", {}, "may contain"],
    ["+8618392515977", "huawei-cec", "18392515977/13800000000", {}, "may contain"],
    ["+8618392515977", "huawei-cec", "1001", { agentPresent: "18392515977" }, "may contain"],
    ["+8618392515977", "tencent-ccc", "***********", {}, "contains a protected number"],
    ["+8618392515977", "itniotech", "", { called: null, encryptCalled: "86183****5977" }, "may contain"],
    ["+8618392515977", "itniotech", "", { called: null, encryptCalled: "ENC#1" }, "contains a protected number"],
    ["+8618392515977", "tencent-ccc", "", { Callee: "", ProtectedCallee: "p-1" }, "contains a protected number"],
  ])("%s may be in a row at %s with %s %j, which is reported", async (number, vendor, customer, row = {}, words) => {
    const call = { id: "900", startedAt, row, ...(customer === "" ? {} : { customer }) };
    const stage = await openQuiet({ emulator: { calls: { [vendor]: [call] } } });
    const { ids, accounts } = await find(stage, number, { accounts: [vendor] });
    expect(ids).toEqual([]);
    expect(warningsOf(stage.events)).toMatchObject([{ account: vendor, key: "900" }]);
    expect(accounts[0]?.numberWarning).toContain(`the row 900 ${words}`);
  });

  it.each(["anonymous", "Unknown", "sip:anonymous@anonymous.invalid"])(
    "is not reported for a row whose caller is hidden, as in %s",
    async (customer) => {
      const calls = Object.fromEntries(
        (["tencent-ccc", "huawei-cec", "itniotech"] as const).map((vendor) => [
          vendor,
          [{ id: "900", startedAt, customer }],
        ]),
      );
      const stage = await openQuiet({ emulator: { calls } });
      const { ids, accounts } = await find(stage, "+8618392515977");
      expect(ids).toEqual([]);
      expect(warningsOf(stage.events)).toEqual([]);
      expect(accounts.map(({ rows, status }) => [rows, status])).toEqual(accounts.map(() => [0, "complete"]));
    },
  );

  it("is reported once for each kind of uncertain row", async () => {
    const rows = ["13912345678", "13912345678", "139****5678", "139****5678"];
    const calls = rows.map((customer, place): CustomCall => ({ id: `b-${place}`, startedAt, customer }));
    const hidden = { id: "b-4", startedAt, row: { Callee: "", ProtectedCallee: "p-1" } };
    const stage = await openQuiet({ emulator: { calls: { "tencent-ccc": [...calls, hidden] } } });
    const { ids, accounts } = await find(stage, "+8613912345678", { accounts: ["tencent-ccc"] });
    expect(ids).toEqual(["b-0", "b-1"]);
    const messages = warningsOf(stage.events).map(({ message }) => message);
    expect(messages).toHaveLength(3);
    expect(accounts[0]?.numberWarning).toBe(messages.join(" "));
  });

  it("of Huawei without a country is selected with a warning if `defaultCountry` is null", async () => {
    const stage = await openQuiet({ huawei: { defaultCountry: null } });
    const { ids, accounts } = await find(stage, "+8618392515977", { accounts: ["huawei-cec"] });
    expect(ids).toEqual(["1"]);
    expect(accounts[0]?.numberWarning).toContain("the row 1 contains");
  });
});

describe("the vendor's own number filter", () => {
  const filters = { tencent: { numberFilter: true }, itniotech: { numberFilter: true } };
  const busy = { days: 60, callsPerDay: 12, calls: CALLS, pageCap: { "tencent-ccc": 8, itniotech: 8 } };
  const [from, to] = [daysAgo(55), daysAgo(0)];
  const accounts = ["tencent-ccc", "itniotech"];
  const texts = ["0044", "44", "+44", "00440", "440", "+440", "", "0"].map((prefix) => `${prefix}7911123456`);
  /** Every plain form of one number, at a vendor whose rows have its country. */
  const forms = (row: Record<string, unknown>): CustomCall[] =>
    texts.map((customer, place) => ({ id: String(900 + place), startedAt: daysAgo(3 + place), customer, row }));

  it("is not used by default, because no vendor documents how it compares numbers", async () => {
    const stage = await openQuiet();
    await find(stage, "+8618392515977");
    expect(stage.emulator.requests.filter(({ body }) => JSON.stringify(body).includes("18392515977"))).toEqual([]);
  });

  it.each(share(["exact", "part"] as const, 1))(
    "saves requests and misses no call if the vendor compares it as %s",
    { tags: ["slow"] },
    async (numberMatching) => {
      const stage = await openStage({ ...filters, emulator: { ...busy, numberMatching } });
      const { emulator, clock } = stage;
      const plain = {
        ...stage,
        client: openClient({ providers: [tencentAt(emulator), itniotechAt(emulator)], clock }),
      };
      for (const number of [["+8618392515977"], ["+8618392515977", "+6281234567890"], ["008613200000003"]]) {
        emulator.clearRequests();
        const all = await find(plain, number, { from, to, accounts });
        const before = emulator.requests.length;
        emulator.clearRequests();
        const filtered = await find(stage, number, { from, to, accounts });
        expect(filtered.ids).toEqual(all.ids);
        expect(filtered.ids.length).toBeGreaterThan(1);
        expect(all.accounts).toMatchObject([{ status: "complete" }, { status: "complete" }]);
        const gaps = [{ from: from.toISOString(), to: to.toISOString(), reason: "filtered" }];
        for (const { status, coverage, gaps: found } of filtered.accounts)
          expect({ status, coverage, gaps: found }).toEqual({ status: "partial", coverage: [], gaps });
        // The company's line is in many calls.
        if (number[0] === "008613200000003") continue;
        expect(emulator.requests.length).toBeLessThan(before / 2);
        // The first page of the whole list, and with the filter: Tencent: two applications, each with one settled and one unsettled window. Itniotech: one
        // list for each text, with the same windows.
        expect(requestsFor(emulator, "DescribeTelCdr").length).toBeLessThanOrEqual(5 + number.length);
        expect(requestsFor(emulator, "v3/cc/record/query").length).toBeLessThanOrEqual(1 + 18 * number.length);
      }
    },
  );

  it.each(share(["arrival", "time"] as const, 1))(
    "is not used if it lists calls of other numbers, in the order %s",
    { tags: ["slow"] },
    async (order) => {
      const number = "+8618392515977";
      const all = { from, to, order };
      const stage = await openStage({
        ...filters,
        huawei: { numberFilter: true },
        emulator: { ...busy, pageCap: { ...busy.pageCap, "huawei-cec": 8 }, numberMatching: "ignored" },
      });
      const { emulator, clock, client, events } = stage;
      for (const [account, provider] of [
        ["tencent-ccc", tencentAt(emulator)],
        ["huawei-cec", huaweiAt(emulator)],
        ["itniotech", itniotechAt(emulator)],
      ] as const) {
        emulator.clearRequests();
        const plain = await find({ ...stage, client: openClient({ providers: [provider], clock }) }, number, all);
        const before = emulator.requests.length;
        emulator.clearRequests();
        events.length = 0;
        const found = await find({ ...stage, client }, number, { ...all, accounts: [account] });
        expect(found.ids).toEqual(plain.ids);
        expect(found.accounts).toMatchObject([{ status: "complete", gaps: [], unreadable: 0 }]);
        expect(found.accounts[0]?.coverage).toEqual(plain.accounts[0]?.coverage);
        expect(emulator.requests.length).toBeLessThanOrEqual(before + 3);
        // In this range, Huawei's filter would add requests, so that it is not tried.
        if (account === "huawei-cec") continue;
        expect(events.flatMap((event) => (event.type === "warning" ? event.message : []))).toContainEqual(
          expect.stringContaining("The filter is therefore not used"),
        );
      }
    },
  );

  it(
    "of Huawei finds the customer if it compares the called number, and saves requests",
    { tags: ["slow"] },
    async () => {
      const options = {
        emulator: { ...busy, callsPerDay: 120, pageCap: { "huawei-cec": 8 }, numberMatching: "exact" as const },
      };
      const stage = await openStage({ ...options, huawei: { numberFilter: true } });
      const { ids, accounts: reports } = await find(stage, "+8618392515977", { from, to, accounts: ["huawei-cec"] });
      const filtered = stage.emulator.requests.length;
      expect(ids).toEqual(["1"]);
      expect(reports).toMatchObject([{ status: "partial", gaps: [{ reason: "filtered" }] }]);
      const plain = await openStage(options);
      expect((await find(plain, "+8618392515977", { from, to, accounts: ["huawei-cec"] })).ids).toEqual(["1"]);
      expect(filtered).toBeLessThan(plain.emulator.requests.length / 2);
    },
  );

  it("finds every plain form of a number at a vendor that compares texts", async () => {
    const stage = await openStage({
      ...filters,
      tencent: { numberFilter: true, defaultCountry: "GB" },
      emulator: {
        ...busy,
        calls: { "tencent-ccc": forms({}), itniotech: forms({ ccode: "44(United Kingdom)" }) },
      },
    });
    const { records } = await find(stage, "+447911123456", { from, to, accounts });
    for (const account of accounts)
      expect(idsOf(records.filter((record) => record.account === account))).toEqual(
        texts.map((_, place) => String(900 + place)),
      );
    expect(bodyOf(requestsFor(stage.emulator, "DescribeTelCdr").at(-1)).Phones).toEqual([
      "00447911123456",
      "447911123456",
      "+447911123456",
      "004407911123456",
      "4407911123456",
      "+4407911123456",
      "7911123456",
      "07911123456",
    ]);
  });

  it.each(["+86 183-9251-5977", "+86 (0) 183 9251 5977", "+86\u30fb183\u30fb9251\u30fb5977"])(
    "does not verify anything, because it may miss a number that is stored as %s",
    async (customer) => {
      const calls = { "tencent-ccc": [{ id: "missed", startedAt: daysAgo(9), customer }] };
      const stage = await openStage({ ...filters, emulator: { ...busy, calls } });
      const { ids, accounts: reports } = await find(stage, "+8618392515977", { from, to, accounts: ["tencent-ccc"] });
      expect(ids).toEqual([]);
      const gaps = [{ from: from.toISOString(), to: to.toISOString(), reason: "filtered" }];
      expect(reports).toMatchObject([{ status: "partial", coverage: [], gaps }]);
      expect(warningsOf(stage.events)).toMatchObject([
        { account: "tencent-ccc", message: expect.stringContaining("`numberFilter`") as string },
      ]);
      const windows = stage.events.flatMap((event) => (event.type === "window" ? event.result : []));
      expect(new Set(windows)).toEqual(new Set(["filtered"]));
    },
  );

  it.each(["time", "newest", "arrival"] as const)(
    "is not used in a short range, where it would add requests, in the order %s",
    async (order) => {
      const counts: number[] = [];
      for (const options of [{}, filters]) {
        const stage = await openStage({ ...options, emulator: { days: 60, callsPerDay: 60 } });
        const short = { from: daysAgo(1), to: daysAgo(0), accounts, order };
        const { accounts: reports } = await find(stage, "+8618392515977", short);
        expect(reports).toMatchObject([
          { status: "complete", gaps: [] },
          { status: "complete", gaps: [] },
        ]);
        counts.push(stage.emulator.requests.length);
      }
      expect(counts[1]).toBe(counts[0]);
    },
  );

  it("is reported if it lists calls of other numbers only after its first page", { tags: ["slow"] }, async () => {
    const http = new HttpTransport({ timeoutMs: 30_000, maxResponseBytes: 4_000_000 });
    let filtered = 0;
    const transport: Transport = {
      send: (request, signal, observer) => {
        const body = JSON.parse(request.body ?? "{}") as { params?: Record<string, unknown> };
        const isLater = body.params?.calledOrCaller !== undefined && (filtered += 1) > 1;
        const params = { ...body.params, calledOrCaller: undefined };
        return http.send(
          isLater ? { ...request, body: JSON.stringify({ ...body, params }) } : request,
          signal,
          observer,
        );
      },
    };
    const stage = await openStage({ ...filters, emulator: busy, client: { transport } });
    const { ids, accounts: reports } = await find(stage, "+8618392515977", { from, to, accounts: ["itniotech"] });
    http.close();
    expect(filtered).toBeGreaterThan(1);
    expect(ids).toEqual(["11"]);
    expect(reports).toMatchObject([{ status: "partial", coverage: [], gaps: [{ reason: "filtered" }] }]);
    const messages = warningsOf(stage.events).flatMap(({ message }) =>
      message.includes("number filter listed a call") ? message : [],
    );
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain("on a page after its first one");
  });

  it("is not used for a number without a country, or where the caller sets the same filter", async () => {
    const stage = await openStage({ ...filters, emulator: busy });
    expect((await find(stage, "18392515977")).ids).toEqual(["1", "11", "t-china"]);
    expect(stage.emulator.requests.filter(({ body }) => JSON.stringify(body).includes("18392515977"))).toEqual([]);
    const providerFilters = { "tencent-ccc": { phones: ["+49 (0)30 1234567"] } };
    expect((await find(stage, "+8618392515977", { providerFilters, accounts: ["tencent-ccc"] })).ids).toEqual([]);
    expect(bodyOf(requestsFor(stage.emulator, "DescribeTelCdr").at(-1)).Phones).toEqual(["+49 (0)30 1234567"]);
  });
});
