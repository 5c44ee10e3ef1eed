import { describe, expect, it } from "vitest";
import { type BuiltInProvider, type ClientEvent, huaweiCec, itniotech, ResponseError, tencentCcc } from "call-records";
import type { z } from "zod";
import { huaweiResponding, type Responder, serve } from "./scripted-vendor.js";
import { DAY, HOUR, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };
const START = NOW - 19.5 * DAY;
const seconds = START / 1000;
type Row = Record<string, unknown>;

interface List {
  /** A valid row, which includes every list and object that contains fields. */
  row: Row;
  /** Returns the schema of the row. */
  schema: (provider: BuiltInProvider) => z.ZodType;
  id: string;
  provider: (endpoint: string) => BuiltInProvider;
  response: (rows: Row[]) => Responder;
}

const huawei = (endpoint: string) => huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate });
const tencent = (endpoint: string) =>
  tencentCcc({ secretId: "key-of-tencent", secretKey: "secret-of-tencent", sdkAppIds: [1], endpoint, rate });
const recordsOf = ({ operations }: BuiltInProvider) => operations.records.row;
function activeOf({ operations: { activeCalls } }: BuiltInProvider): z.ZodType {
  if (activeCalls === undefined || activeCalls === "records")
    throw new TypeError("This vendor has no separate list of active calls.");
  return activeCalls.row;
}

const participant = {
  Mail: "b@example.com",
  StartTimestamp: seconds,
  AcceptTimestamp: seconds + 5,
  EndedTimestamp: seconds + 60,
};
const HISTORIES: Record<string, List> = {
  "tencent-ccc": {
    row: {
      Time: seconds,
      StartTimestamp: seconds,
      EndedTimestamp: seconds + 60,
      EndStatus: 1,
      SeatUser: { Mail: "a@example.com" },
      ServeParticipants: [participant],
    },
    schema: recordsOf,
    id: "SessionId",
    provider: tencent,
    response: (rows) => () => ({ body: { Response: { TotalCount: rows.length, TelCdrs: rows, RequestId: "r" } } }),
  },
  "huawei-cec": {
    row: { startTime: START, endTime: START + 60_000, state: 3, reasonCode: 5, taskType: "0" },
    schema: recordsOf,
    id: "callSerialNo",
    provider: huawei,
    response: (rows) =>
      huaweiResponding(({ body }) => ({
        body:
          body.taskType === "4" ? { retCode: "1" } : { retCode: "0", result: { total: rows.length, callInfo: rows } },
      })),
  },
  itniotech: {
    row: { callStartTime: "2026-11-01 00:00:00", callType: 3, hangupReason: 0 },
    schema: recordsOf,
    id: "keyId",
    provider: (endpoint) => itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate }),
    response: (rows) => () => ({ body: { status: 0, data: { total: rows.length, records: rows } } }),
  },
};
const SESSIONS: List = {
  row: { StartTimestamp: NOW / 1000 - 60 },
  schema: activeOf,
  id: "SessionID",
  provider: tencent,
  response: (rows) => () => ({ body: { Response: { Total: rows.length, Sessions: rows, RequestId: "r" } } }),
};

/** Returns the fields that a schema reads, as paths through its objects and lists. */
function fieldsOf(schema: unknown): (string | number)[][] {
  const { def } = schema as {
    def: {
      type: string;
      shape?: Record<string, unknown>;
      element?: unknown;
      innerType?: unknown;
      in?: unknown;
      out?: unknown;
    };
  };
  if (def.type === "object")
    return Object.entries(def.shape ?? {}).flatMap(([name, field]) => [
      [name],
      ...fieldsOf(field).map((path) => [name, ...path]),
    ]);
  if (def.type === "array") return [[0], ...fieldsOf(def.element).map((path) => [0, ...path])];
  return [def.innerType, def.in, def.out].flatMap((inner) => (inner === undefined ? [] : fieldsOf(inner)));
}

/** Returns the row with another value at a path. */
function withAt(value: unknown, [step, ...rest]: readonly (string | number)[], put: unknown): unknown {
  if (step === undefined) return put;
  if (typeof step === "number")
    return [
      withAt((value as unknown[] | undefined)?.[step], rest, put),
      ...((value as unknown[] | undefined) ?? []).slice(1),
    ];
  const members = (value ?? {}) as Row;
  return { ...members, [step]: withAt(members[step], rest, put) };
}

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null ? (inner as Record<string | number, unknown>)[step] : undefined,
    value,
  );

const UNEXPECTED: unknown[] = [{ a: 1 }, true, [{ a: 1 }], [[true]]];

async function open({ provider, response }: List, rows: Row[]) {
  const warnings: Extract<ClientEvent, { type: "warning" }>[] = [];
  const onEvent = (event: ClientEvent) => {
    if (event.type === "warning") warnings.push(event);
  };
  const client = openClient({ providers: [provider(await serve(response(rows)))], clock: new ManualClock(), onEvent });
  return { client, warnings };
}

/** Returns a row with an unexpected value for each field, whether the field is required, and whether the schema accepts the value. */
function rowsWith(list: List, unexpected: unknown) {
  const schema = list.schema(list.provider("http://127.0.0.1:1"));
  return fieldsOf(schema).map((path) => {
    const id = path.join(".");
    const whole: Row = { ...list.row, [list.id]: id };
    const row = withAt(whole, path, unexpected) as Row;
    const isRequired = !schema.safeParse(withAt(whole, path, null)).success && path.length === 1;
    const read = schema.safeParse(row);
    const isAccepted = read.success && ![null, undefined].includes(valueAt(read.data, path) as null);
    return { id, row, isRequired, isAccepted: isAccepted && JSON.stringify(valueAt(read.data, path)) !== "[]" };
  });
}

const cases = UNEXPECTED.flatMap((unexpected) =>
  [...Object.entries(HISTORIES), ["active calls of tencent-ccc", SESSIONS] as const].map(([name, list]) => ({
    name,
    list,
    unexpected,
  })),
);

describe.each(cases)("a row of $name with $unexpected in a field", ({ list, unexpected }) => {
  const changedRows = rowsWith(list, unexpected);
  const readable = changedRows.filter(({ isRequired }) => !isRequired);

  it("is read without the field, with a warning that names it, unless the field is required", async () => {
    expect(changedRows.filter(({ isRequired }) => isRequired).map(({ id }) => id)).toEqual(
      list === HISTORIES["tencent-ccc"]
        ? ["SessionId"]
        : list === SESSIONS
          ? ["SessionID", "StartTimestamp"]
          : list === HISTORIES["huawei-cec"]
            ? ["callSerialNo", "startTime"]
            : ["keyId", "callStartTime"],
    );
    const { client, warnings } = await open(
      list,
      readable.map(({ row }) => row),
    );
    const calls = list === SESSIONS ? await client.activeCalls() : await client.records(range).toArray({ max: 1000 });
    const found = Array.isArray(calls) ? calls : calls.calls;
    expect(found.map(({ id }) => id).sort()).toEqual(readable.map(({ id }) => id).sort());
    // `StartTimestamp` is not used if Tencent's `Time` is present.
    const expected = readable
      .filter(({ id, isAccepted }) => !isAccepted && id !== "StartTimestamp")
      .map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(0);
    const named = warnings.map(({ field }) => field ?? "");
    for (const id of expected)
      expect(
        named.some((field) => `${field}.`.startsWith(`${id}.`)),
        id,
      ).toBe(true);
  });

  it("is unreadable if the field is required, with an error that names it", async () => {
    for (const { row, id } of changedRows.filter(({ isRequired }) => isRequired)) {
      const { client } = await open(list, [row]);
      const error = await rejectionOf(
        list === SESSIONS ? client.activeCalls() : client.records(range).toArray({ max: 10 }),
      );
      expect(error).toBeInstanceOf(ResponseError);
      expect(error.message).toContain(`\`${id}\``);
    }
  });
});

describe("a list in a row", () => {
  it("keeps its other elements if one is unexpected", async () => {
    const list = HISTORIES["tencent-ccc"];
    if (list === undefined) throw new TypeError("The list is missing.");
    const ServeParticipants = [true, participant, null, { ...participant, Mail: { a: 1 } }];
    const { client, warnings } = await open(
      list,
      ["1", "2"].map((id) => ({
        ...list.row,
        [list.id]: id,
        ServeParticipants,
        VoicemailRecordURL: ["https://a.example/1", {}],
      })),
    );
    const calls = await client.records(range).toArray({ max: 10 });
    for (const { legs, recordings } of calls) {
      expect(legs.map(({ agent }) => agent?.email)).toEqual(["b@example.com", null]);
      expect(recordings.map(({ url }) => url)).toEqual(["https://a.example/1"]);
    }
    expect(warnings.flatMap(({ field }) => field ?? []).sort()).toEqual([
      "ServeParticipants.0",
      "ServeParticipants.3.Mail",
      "VoicemailRecordURL.1",
    ]);
  });

  it("with 20,000 unexpected elements is read without delay", async () => {
    const list = HISTORIES["tencent-ccc"];
    if (list === undefined) throw new TypeError("The list is missing.");
    const { client } = await open(list, [
      { ...list.row, [list.id]: "1", ServeParticipants: Array.from({ length: 20_000 }, () => true) },
    ]);
    expect((await client.records(range).toArray({ max: 10 })).map(({ legs }) => legs)).toEqual([[]]);
  });
});

describe("a response that is not a list of calls", () => {
  it("returns a call at a desk without its unexpected fields, with warnings that name them", async () => {
    const row = { callId: "7", caller: {}, called: true, calldata: [{}], callSkillId: {}, callSkill: {}, callType: {} };
    const warnings: string[] = [];
    const endpoint = await serve(huaweiResponding(() => ({ body: row })));
    const client = openClient({
      providers: [huawei(endpoint)],
      clock: new ManualClock(),
      onEvent: (event) => event.type === "warning" && event.field !== null && warnings.push(event.field),
    });
    const found = await client.findCall({
      account: "huawei-cec",
      callId: "7",
      userId: "1",
      tenantId: "2",
      agentId: "3",
    });
    expect(found).toMatchObject({ id: "7", caller: null, callee: null, direction: "unknown" });
    expect(warnings.sort()).toEqual(["callSkill", "callSkillId", "callType", "calldata", "called", "caller"].sort());
  });

  it("causes a ResponseError if a billed count is invalid", async () => {
    const counts = {
      TelCallOutCount: 1,
      TelCallInCount: 1,
      VOIPCallInCount: 1,
      AsrOfflineCount: 1,
      AsrRealtimeCount: 1,
      SeatUsedCount: 1,
    };
    for (const name of Object.keys(counts)) {
      for (const unexpected of [{ a: 1 }, true, "-", -1]) {
        const endpoint = await serve(() => ({ body: { Response: { ...counts, [name]: unexpected, RequestId: "r" } } }));
        const client = openClient({ providers: [tencent(endpoint)], clock: new ManualClock() });
        const query = {
          from: new Date(NOW - 20 * DAY - 12 * HOUR),
          to: new Date(NOW - 19 * DAY - 12 * HOUR),
          source: "vendor" as const,
        };
        const error = await rejectionOf(client.usage(query));
        expect(error).toBeInstanceOf(ResponseError);
        expect(error.message).toContain(`\`${name}\``);
        const { summaries } = await client.usage({ ...query, unreadableRows: "report" });
        expect(summaries.map(({ complete }) => complete)).toEqual([false]);
      }
    }
  });
});
