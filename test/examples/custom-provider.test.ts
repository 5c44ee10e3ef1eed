import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  AuthenticationError,
  type CallRecord,
  CallRecordsClient,
  type ClientEvent,
  itniotech,
  MemoryCheckpointStore,
  type SyncChange,
} from "call-records";
import { type ConformanceVendor, startVendorEmulator, testProvider } from "call-records/testing";
import { twilio, type TwilioOptions } from "../../examples/custom-provider/twilio.js";
import { rfc2822, twilioCalls } from "../../examples/custom-provider/twilio-calls.js";
import {
  refusal,
  startTwilioEmulator,
  type TwilioRow,
  type TwilioSettings,
  TwilioVendor,
} from "../../examples/custom-provider/twilio-emulator.js";
import { runExample } from "./example-process.js";
import { recordings } from "./guide-recordings.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const DAY = 86_400_000;
const NOW = Date.parse("2026-11-20T04:00:00Z");
const credentials = { accountSid: `AC${"7".repeat(32)}`, authToken: "0123456789abcdef0123456789abcdef" };
const history = twilioCalls({ accountSid: credentials.accountSid, until: new Date(NOW), days: 30, callsPerDay: 60 });
const startOf = ({ start_time, date_created }: TwilioRow) => new Date(start_time ?? date_created);
const within = (from: Date, to: Date) => history.filter((call) => startOf(call) >= from && startOf(call) < to);

/** Returns the vendor as a function. A window has more calls than the largest page. */
function vendor(settings: Partial<TwilioSettings> = {}): ConformanceVendor {
  const emulated = new TwilioVendor({ ...credentials, calls: history, ...settings });
  const [from, to] = [new Date(NOW - 24.3 * DAY), new Date(NOW - 3.6 * DAY)];
  return {
    now: new Date(NOW),
    from,
    to,
    calls: within(from, to).map((call) => ({ id: call.sid, startedAt: startOf(call) })),
    respond({ url, headers }) {
      const { status, headers: responseHeaders, body } = emulated.respond(url, headers.Authorization);
      return {
        status,
        headers: Object.fromEntries(
          Object.entries(responseHeaders).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        text: JSON.stringify(body),
      };
    },
  };
}

/** The row of the vendor's sample. */
const sample: TwilioRow = {
  sid: "CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  account_sid: credentials.accountSid,
  parent_call_sid: null,
  phone_number_sid: "PNaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  from: "+14158675309",
  to: "+14158675310",
  status: "completed",
  direction: "outbound-api",
  date_created: "Tue, 31 Aug 2010 20:36:28 +0000",
  date_updated: "Tue, 31 Aug 2010 20:36:44 +0000",
  start_time: "Tue, 31 Aug 2010 20:36:29 +0000",
  end_time: "Tue, 31 Aug 2010 20:36:44 +0000",
  duration: "15",
  price: "-0.03000",
  price_unit: "USD",
  answered_by: null,
  uri: `/2010-04-01/Accounts/${credentials.accountSid}/Calls/CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json`,
};
const dialled = {
  ...sample,
  sid: "CAbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
  parent_call_sid: sample.sid,
  direction: "outbound-dial",
  status: "busy",
  duration: "",
  end_time: null,
};
const pageOf = (calls: TwilioRow[], next_page_uri: string | null = null) => ({
  calls,
  page: 0,
  page_size: 50,
  next_page_uri,
});

/** The variants that the suite runs with: the formats of `StartTime`, and the undocumented behaviour for the last day. */
const variants: { account: string; options: Partial<TwilioOptions>; lastDay: "excluded" | "included" }[] = [
  { account: "dates, the last day excluded", options: {}, lastDay: "excluded" },
  { account: "dates, the last day included", options: {}, lastDay: "included" },
  { account: "dates with times", options: { startTime: "date-time" }, lastDay: "excluded" },
];
for (const { account, options, lastDay } of variants) {
  await testProvider({
    provider: () => twilio({ ...credentials, ...options, account }),
    vendor: () => vendor({ lastDay, maxRows: 100 }),
    examples: {
      records: {
        response: pageOf(
          [sample, dialled],
          `/2010-04-01/Accounts/${credentials.accountSid}/Calls.json?PageSize=50&Page=1&PageToken=PA${sample.sid}`,
        ),
        empty: pageOf([]),
        codes: ["status", "direction"],
      },
      activeCalls: {
        response: pageOf([{ ...sample, status: "ringing", end_time: null, duration: null, price: null }]),
        empty: pageOf([]),
        codes: ["status", "direction"],
      },
      findCall: {
        keys: { sid: sample.sid },
        response: sample,
        missing: refusal(404, 20404, "not found").body,
        missingStatus: 404,
      },
    },
    failures: [
      { response: refusal(401, 20003, "Authenticate"), classification: { type: "fail", error: "authentication" } },
      { response: refusal(403, 20403, "Forbidden"), classification: { type: "fail", error: "permission" } },
      { response: refusal(400, 20001, "StartTime is not a date"), classification: { type: "fail", error: "request" } },
      {
        response: refusal(404, 20404, "The requested resource was not found"),
        classification: { type: "fail", error: "request" },
      },
      { response: refusal(429, 20429, "Too many requests"), classification: { type: "throttle" } },
      { response: { status: 500 }, classification: { type: "retry" } },
      { response: { status: 503 }, classification: { type: "retry" } },
    ],
  });
}

describe("a row of Twilio", () => {
  const client = new CallRecordsClient({ providers: [twilio(credentials)] });
  const read = (change: Partial<Record<keyof TwilioRow, unknown>>): CallRecord =>
    client.normalize("twilio", { ...sample, ...change });

  it("becomes a record", () => {
    const party = { displayNumber: null, protectedId: null, region: null };
    expect(read({})).toEqual({
      provider: "twilio",
      account: "twilio",
      application: null,
      id: sample.sid,
      relatedIds: { phone_number_sid: sample.phone_number_sid },
      direction: "outbound",
      kind: "unknown",
      state: "ended",
      outcome: "answered",
      caller: { ...party, number: "+14158675309", e164: "+14158675309" },
      callee: { ...party, number: "+14158675310", e164: "+14158675310" },
      customer: { ...party, number: "+14158675310", e164: "+14158675310" },
      line: { ...party, number: "+14158675309", e164: "+14158675309" },
      agent: null,
      queue: null,
      startedAt: new Date("2010-08-31T20:36:29Z"),
      queuedAt: null,
      ringingAt: null,
      answeredAt: null,
      endedAt: new Date("2010-08-31T20:36:44Z"),
      ringSeconds: null,
      waitSeconds: null,
      talkSeconds: 15,
      ivrSeconds: null,
      hangup: { by: "unknown", code: "completed", reason: null },
      legs: [],
      transferred: null,
      menuKeys: [],
      satisfaction: null,
      cost: { amount: "0.03000", currency: "USD" },
      recordings: [],
      tags: [],
      remark: null,
      customData: null,
      updatedAt: new Date("2010-08-31T20:36:44Z"),
      raw: sample,
    });
  });

  it.each([
    ["-0.03000", "USD", { amount: "0.03000", currency: "USD" }],
    ["-0.0085", "eur", { amount: "0.0085", currency: "EUR" }],
    ["0.5", "USD", { amount: "-0.5", currency: "USD" }],
    ["0.00", "USD", { amount: "0.00", currency: "USD" }],
    ["-0", "USD", { amount: "0", currency: "USD" }],
    [null, "USD", null],
    ["-0.03", null, null],
    ["free", "USD", null],
    ["-0.03", "cents", null],
  ])("with the price %j %j has the cost %j", (price, price_unit, cost) => {
    expect(read({ price, price_unit }).cost).toEqual(cost);
  });

  it.each([
    ["queued", "queued", null],
    ["ringing", "ringing", null],
    ["in-progress", "in-progress", null],
    ["completed", "ended", "answered"],
    ["busy", "ended", "busy"],
    ["failed", "ended", "failed"],
    ["no-answer", "ended", "no-answer"],
    ["canceled", "ended", "canceled"],
    ["unheard-of", "ended", "unknown"],
    [null, "ended", "unknown"],
  ])("with the status %s has the state %s and the outcome %s", (status, state, outcome) => {
    expect(read({ status })).toMatchObject({
      state,
      outcome,
      hangup: state === "ended" && status !== null ? { code: status } : null,
    });
  });

  it.each([
    ["inbound", "inbound"],
    ["outbound-api", "outbound"],
    ["outbound-dial", "outbound"],
    ["trunking-originating", "inbound"],
    ["trunking-terminating", "outbound"],
    ["unheard-of", "unknown"],
    [null, "unknown"],
  ])("with the direction %s has the direction %s", (direction, expected) => {
    expect(read({ direction }).direction).toBe(expected);
  });

  it.each([
    ["0", 0],
    ["3600", 3600],
    [42, 42],
    ["", null],
    [null, null],
    ["-1", null],
  ])("with the duration %j has %j seconds of talk", (duration, seconds) => {
    expect(read({ duration }).talkSeconds).toBe(seconds);
  });

  it.each([
    ["Fri, 20 Nov 2026 23:59:59 +0000", "2026-11-20T23:59:59.000Z"],
    ["Fri, 20 Nov 2026 08:00:00 +0800", "2026-11-20T00:00:00.000Z"],
    ["Sun, 1 Nov 2026 00:00:00 GMT", "2026-11-01T00:00:00.000Z"],
  ])("with the start %s starts at %s", (start_time, instant) => {
    expect(read({ start_time }).startedAt.toISOString()).toBe(instant);
  });

  it("starts when it was created if it was never dialled, and is refused without both times", () => {
    expect(read({ start_time: null }).startedAt).toEqual(new Date("2010-08-31T20:36:28Z"));
    expect(() => read({ start_time: "", date_created: null })).toThrow("`start_time`");
    expect(read({ start_time: "2010-08-31 20:36:29" }).startedAt).toEqual(new Date("2010-08-31T20:36:28Z"));
    expect(read({ end_time: "Fri, 20 Nov 2026 25:00:00 +0000" }).endedAt).toBeNull();
  });

  it("keeps parties that are not telephone numbers unchanged", () => {
    expect(read({ from: "client:alice", to: "sip:bob@example.com" })).toMatchObject({
      caller: { number: "client:alice", e164: null },
      callee: { number: "sip:bob@example.com", e164: null },
    });
    expect(read({ from: "", to: null })).toMatchObject({ caller: null, callee: null });
  });

  it("names its parent if <Dial> connected it", () => {
    expect(read({ parent_call_sid: dialled.sid, phone_number_sid: null }).relatedIds).toEqual({
      parent_call_sid: dialled.sid,
    });
  });
});

describe("a client with Twilio", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((resource) => resource.close()));
  });

  /** Opens a client and an emulator with calls until now, because they use the real clock. */
  async function open(
    settings: Partial<TwilioSettings> & { concurrency?: number; latencyMs?: number } = {},
    options: Partial<TwilioOptions> = {},
  ) {
    const now = new Date();
    const calls = twilioCalls({ accountSid: credentials.accountSid, until: now, days: 10, callsPerDay: 50 });
    const emulator = await startTwilioEmulator({ ...credentials, calls, ...settings });
    const events: ClientEvent[] = [];
    const provider = twilio({
      ...credentials,
      endpoint: emulator.endpoint,
      rate: { requestsPerSecond: 1000 },
      ...options,
    });
    const client = new CallRecordsClient({ providers: [provider], onEvent: (event) => events.push(event) });
    opened.push(client, emulator);
    return { client, emulator, calls, events, now, ago: (days: number) => new Date(now.getTime() - days * DAY) };
  }
  const idsOf = (records: readonly { id: string }[]) => records.map(({ id }) => id).sort();
  const sidsOf = (calls: readonly TwilioRow[], from: Date, to: Date) =>
    calls
      .filter((call) => startOf(call) >= from && startOf(call) < to)
      .map(({ sid }) => sid)
      .sort();

  it.each([{ lastDay: "excluded" }, { lastDay: "included" }] as const)(
    "reads every call once over pages and windows, with the last day $lastDay and without a warning",
    async ({ lastDay }) => {
      const { client, calls, emulator, events, ago } = await open({ lastDay, maxRows: 60 });
      const [from, to] = [ago(9.5), ago(3.5)];
      const stream = client.records({ from, to });
      const records = await stream.toArray({ max: 10_000 });
      expect(idsOf(records)).toEqual(sidsOf(calls, from, to));
      expect(stream.report().accounts).toMatchObject([
        { status: "complete", coverage: [{ from: from.toISOString(), to: to.toISOString() }], gaps: [], unsettled: [] },
      ]);
      expect(emulator.received.some(({ target }) => target.includes("PageToken="))).toBe(true);
      expect(emulator.received[0]?.target).toMatch(
        /Calls\.json\?StartTime%3E=\d{4}-\d\d-\d\d&StartTime%3C=\d{4}-\d\d-\d\d&PageSize=1000$/,
      );
      expect(events.filter(({ type }) => type === "warning")).toEqual([]);
    },
  );

  it("sends its filters to the vendor", async () => {
    const { client, calls, emulator, ago } = await open();
    const records = await client
      .records({ from: ago(5), to: ago(3), providerFilters: { twilio: { Status: "busy" } } })
      .toArray({ max: 1000 });
    expect(idsOf(records)).toEqual(
      sidsOf(
        calls.filter(({ status }) => status === "busy"),
        ago(5),
        ago(3),
      ),
    );
    expect(emulator.received.every(({ target }) => target.includes("Status=busy"))).toBe(true);
  });

  it("counts usage from records", async () => {
    const { client, calls, ago } = await open();
    const inRange = calls.filter((call) => startOf(call) >= ago(6) && startOf(call) < ago(3));
    const { summaries } = await client.usage({ from: ago(6), to: ago(3), source: "records" });
    expect(summaries).toMatchObject([
      {
        account: "twilio",
        source: "records",
        complete: true,
        calls: { total: inRange.length, answered: inRange.filter(({ status }) => status === "completed").length },
      },
    ]);
  });

  it("reports a call that ends, and a price that is set late, as changes of a sync", async () => {
    const { client, calls, ago } = await open();
    const store = new MemoryCheckpointStore();
    const pass = async () => {
      const changes: SyncChange[] = [];
      await client.sync({ from: ago(4), store }).forEach((batch) => changes.push(...batch.changes));
      return changes.map(({ type, record }) => `${type} ${record.id}`).sort();
    };
    const [going, priced] = [calls.at(-1), calls.at(-10)];
    if (going === undefined || priced === undefined) throw new TypeError("There are no calls.");
    expect(await pass()).toEqual(sidsOf(calls, ago(4), new Date()).map((sid) => `new ${sid}`));
    Object.assign(going, { status: "completed", duration: "91", end_time: rfc2822(Date.now()) });
    Object.assign(priced, { price: "-0.01300" });
    expect(await pass()).toEqual([`updated ${going.sid}`, `updated ${priced.sid}`].sort());
    expect(await pass()).toEqual([]);
  });

  it("lists the active calls with one request for each status", async () => {
    const { client, emulator } = await open();
    const { calls, accounts } = await client.activeCalls();
    expect(calls.map(({ state }) => state).sort()).toEqual(["in-progress", "queued", "ringing"]);
    expect(accounts).toMatchObject([{ account: "twilio", status: "complete" }]);
    expect(emulator.received.map(({ target }) => /Status=([\w-]+)/.exec(target)?.[1]).sort()).toEqual([
      "in-progress",
      "queued",
      "ringing",
    ]);
  });

  it("finds one call by its sid, and returns null if Twilio responds with 404", async () => {
    const { client, calls } = await open();
    expect(await client.findCall({ account: "twilio", sid: calls[0]?.sid ?? "" })).toMatchObject({
      id: calls[0]?.sid,
      raw: calls[0],
    });
    expect(await client.findCall({ account: "twilio", sid: `CA${"f".repeat(32)}` })).toBeNull();
  });

  it("can be probed with times, while whole days show nothing", async () => {
    const days = await open();
    expect(await days.client.probe("twilio")).toMatchObject({ filtersOn: { value: null }, options: {} });
    const seconds = await open({}, { startTime: "date-time" });
    expect(await seconds.client.probe("twilio")).toMatchObject({
      filtersOn: { value: "start" },
      windowStart: { value: "inclusive" },
      windowEnd: { value: "inclusive" },
      order: { value: "descending", by: "start" },
      options: { filtersOn: "start", windowEnd: "inclusive" },
    });
  });

  it("retries after 429 and 503, and reports wrong credentials without showing them", async () => {
    const { client, calls, emulator, ago, events } = await open();
    emulator.refuse(refusal(429, 20429, "Too many requests"), refusal(503, 20503, "Unavailable"));
    expect(idsOf(await client.records({ from: ago(5), to: ago(4) }).toArray({ max: 1000 }))).toEqual(
      sidsOf(calls, ago(5), ago(4)),
    );
    expect(events.filter(({ type }) => type === "throttle" || type === "retry").map(({ type }) => type)).toEqual([
      "throttle",
      "retry",
      "retry",
    ]);

    const other = await open({ authToken: "another-token-of-this-account" });
    const error: unknown = await other.client
      .records({ from: ago(5), to: ago(4) })
      .toArray({ max: 1000 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ vendorCode: "20003", requestId: `RQ${"20003".padStart(32, "0")}` });
    expect(JSON.stringify(error)).not.toContain(credentials.authToken);
  });

  it("does not exceed the concurrency that the vendor accepts", async () => {
    const { client, emulator, events, ago } = await open({ concurrency: 4, latencyMs: 5, maxRows: 20 });
    await client.records({ from: ago(9), to: ago(1) }).toArray({ max: 1000 });
    expect(emulator.received.length).toBeGreaterThan(10);
    expect(events.filter(({ type }) => type === "throttle")).toEqual([]);
  });

  it("requests its own list, whichever host a link names", async () => {
    const { client, emulator, ago, calls } = await open();
    const link = `//stranger.example/2010-04-01/Calls.json?StartTime%3E=2026-01-01&PageSize=1000&PageToken=PA${calls.at(-1)?.sid ?? ""}`;
    emulator.refuse({ status: 200, headers: {}, body: pageOf([], link) });
    // The rows of the linked page start far outside of the requested range.
    await client.records({ from: ago(5), to: ago(4), unreadableRows: "report" }).toArray({ max: 1000 });
    expect(emulator.received[1]?.target).toMatch(
      new RegExp(`^/2010-04-01/Accounts/${credentials.accountSid}/Calls.json\\?.*PageToken=`),
    );
  });

  it("reads it together with a built-in vendor, in order of time", async () => {
    const { emulator, calls, now, ago } = await open();
    const builtIn = await startVendorEmulator({ days: 10, callsPerDay: 20, now: () => now.getTime() });
    const providers = [
      twilio({ ...credentials, endpoint: emulator.endpoint }),
      itniotech({ ...builtIn.credentials.itniotech, endpoint: builtIn.endpoints.itniotech }),
    ];
    const client = new CallRecordsClient({ providers });
    opened.push(client, builtIn);
    const records = await client.records({ from: ago(5), to: ago(3), order: "time" }).toArray({ max: 1000 });
    const starts = records.map(({ startedAt }) => startedAt.getTime());
    expect(starts).toEqual([...starts].sort((one, other) => one - other));
    expect(idsOf(records.filter(({ provider }) => provider === "twilio"))).toEqual(sidsOf(calls, ago(5), ago(3)));
    expect(records.filter(({ provider }) => provider === "itniotech").length).toBe(
      builtIn.truth.itniotech.calls.filter(({ startedAt }) => startedAt >= ago(5) && startedAt < ago(3)).length,
    );
  });
});

describe("the example", () => {
  it(
    "prints the calls of both vendors, the status of the account, and the active calls",
    { timeout: 60_000 },
    async () => {
      const { code, stdout, stderr } = await runExample("custom-provider", [], {});
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/Z twilio {4}(?:inbound|outbound) /);
      expect(stdout).toMatch(/Z itniotech (?:inbound|outbound) /);
      expect(stdout).toMatch(/^twilio: complete, \d+ calls in \d+ requests$/m);
      expect(stdout).toContain("Active at Twilio: in-progress, queued, ringing");
    },
  );

  it("is one file of at most 275 lines, and imports only public entry points", async () => {
    const source = await readFile(`${root}examples/custom-provider/twilio.ts`, "utf8");
    expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(275);
    expect(
      [...source.matchAll(/from "([^"]+)"/g)]
        .map(([, module]) => module)
        .filter((module) => !["call-records", "call-records/adapter", "zod"].includes(module ?? "")),
    ).toEqual([]);
  });
});

describe("the guide", () => {
  async function readBlocks(): Promise<string[]> {
    const guide = await readFile(`${root}docs/adapters.md`, "utf8");
    return [...guide.matchAll(/```ts\n(.*?)\n```/gs)].map(([, code]) => code ?? "");
  }

  it("contains only code of the example and its test", async () => {
    const blocks = await readBlocks();
    const sources = await Promise.all(
      [
        "examples/custom-provider/twilio.ts",
        "test/examples/custom-provider.test.ts",
        "test/examples/guide-recordings.ts",
      ].map((path) => readFile(root + path, "utf8")),
    );
    expect(blocks.length).toBeGreaterThanOrEqual(9);
    for (const block of blocks)
      expect(
        sources.some((source) => source.includes(`${block}\n`)),
        `a block that is in none of the files:\n${block}`,
      ).toBe(true);
  });

  it("declares recordings whose address is read from the response", () => {
    const recording = { id: "RE1", url: null, kind: "call" as const, transcriptUrl: null };
    const call = {
      application: null,
      id: "a/1",
      relatedIds: {},
      startedAt: null,
      endedAt: null,
      recordings: [recording],
      legs: [],
    };
    expect(recordings.locate({ call, recording, leg: null, now: new Date(NOW) })).toEqual({
      type: "lookup",
      request: { method: "GET", url: "https://api.example.com/calls/a%2F1/recording" },
    });
    const response = recordings.lookup?.responseSchema.parse({ address: "https://eu.records.example.com/1.mp3" });
    expect(recordings.lookup?.address(response, { call, recording, leg: null, now: new Date(NOW) })).toBe(
      "https://eu.records.example.com/1.mp3",
    );
  });

  it("contains the whole adapter, without its comments", async () => {
    const shown = new Set((await readBlocks()).flatMap((block) => block.split("\n")));
    const source = await readFile(`${root}examples/custom-provider/twilio.ts`, "utf8");
    const code = source.split("\n").filter((line) => !/^\s*(?:$|\/\/|\/\*\*| \*)/.test(line));
    expect(code.length).toBeGreaterThan(100);
    expect(code.filter((line) => !shown.has(line))).toEqual([]);
  });
});
