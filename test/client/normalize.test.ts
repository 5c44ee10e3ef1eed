import { beforeAll, describe, expect, it } from "vitest";
import { type CallRecord, callRecordSchema, RequestError, ResponseError } from "call-records";
import { daysAgo, huaweiAt, itniotechAt, openClient, openStage, type Stage, tencentAt, thrownBy } from "./stage.js";

let stage: Stage;
let records: CallRecord[];
beforeAll(async () => {
  stage = await openStage({ emulator: { days: 12, callsPerDay: 40, activeCalls: 30 } });
  records = await stage.client.records({ from: daysAgo(11), to: daysAgo(0) }).toArray({ max: 10_000 });
  stage.emulator.clearRequests();
});

describe("normalize", () => {
  it("returns the same record for the raw row of each record of every vendor", () => {
    expect(records.length).toBeGreaterThan(700);
    for (const record of records) expect(stage.client.normalize(record.account, record.raw, record)).toEqual(record);
  });

  it("returns the same record for a row that was stored as JSON", () => {
    for (const record of records) {
      const kept = JSON.parse(JSON.stringify(record)) as CallRecord;
      expect(stage.client.normalize(kept.account, kept.raw, kept)).toEqual(record);
    }
  });

  it("needs no context if the row contains everything", () => {
    for (const record of records.filter(({ provider }) => provider === "itniotech"))
      expect(stage.client.normalize("itniotech", record.raw)).toEqual(record);
  });

  it.each([undefined, {}, { application: undefined }, { application: null }, { relatedIds: {} }])(
    "refuses a row of an account with several applications if the context is %o",
    (context) => {
      const [first] = records.filter(({ provider }) => provider === "tencent-ccc");
      const provider = tencentAt(stage.emulator, { sdkAppIds: [1_412_345_678, 1_498_765_432] });
      const ofTwo = openClient({ providers: [provider] });
      const error = thrownBy(() => ofTwo.normalize("tencent-ccc", first?.raw, context));
      expect(error).toBeInstanceOf(RequestError);
      expect(error).toMatchObject({ code: "request", account: "tencent-ccc" });
      expect(error.message).toBe(
        "normalize: argument `context` must contain the `application` of the row, because the account `tencent-ccc` has several (`1412345678`, `1498765432`). Pass the record that was stored with the row.",
      );
    },
  );

  it.each([
    ["tencent-ccc", "1400000009", "tencent-ccc has no application `1400000009`. It has `1412345678`, `1498765432`."],
    ["huawei-cec", "1400000009", "huawei-cec has no application `1400000009`. Its calls have none."],
    ["itniotech", "null", "itniotech has no application `null`. Its calls have none."],
  ])("refuses an application that %s does not have", (account, application, message) => {
    const raw = records.find((record) => record.account === account)?.raw;
    const tencent = tencentAt(stage.emulator, { sdkAppIds: [1_412_345_678, 1_498_765_432] });
    const client = openClient({ providers: [tencent, huaweiAt(stage.emulator), itniotechAt(stage.emulator)] });
    const error = thrownBy(() => client.normalize(account, raw, { application }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toBe(`normalize: argument \`context.application\`: ${message}`);
  });

  it.each([
    [null, "argument `context`: must be an object"],
    ["1400000000", "argument `context`: must be an object"],
    [{ application: 1_400_000_000 }, "argument `context.application`: must be a text, or null"],
    [{ relatedIds: null }, "argument `context.relatedIds`: must be an object of texts"],
    [{ relatedIds: { taskType: 4 } }, "argument `context.relatedIds.taskType`: must be a text"],
  ])("refuses the context %o, whatever the account", (context, message) => {
    for (const { account, raw } of records.slice(0, 50)) {
      const error = thrownBy(() => stage.client.normalize(account, raw, context as never));
      expect(error).toBeInstanceOf(RequestError);
      expect(error.message).toBe(`normalize: ${message}.`);
    }
  });

  it.each([undefined, null, ""])("reads the application %o as none", (application) => {
    for (const { account, raw, relatedIds, ...record } of records.filter(({ provider }) => provider !== "tencent-ccc"))
      expect(stage.client.normalize(account, raw, { application, relatedIds })).toEqual({
        account,
        raw,
        relatedIds,
        ...record,
      });
  });

  it("needs no application if the account has one", () => {
    const [first] = records.filter(({ provider }) => provider === "tencent-ccc");
    const ofOne = openClient({ providers: [tencentAt(stage.emulator, { sdkAppIds: [1_400_000_001] })] });
    for (const context of [undefined, {}, { application: null }, { application: "1400000001" }])
      expect(ofOne.normalize("tencent-ccc", first?.raw, context)).toMatchObject({
        id: first?.id,
        application: "1400000001",
      });
  });

  it("uses the reason codes of ITA calls only if the context contains their task type", () => {
    const ita = records.find(
      ({ provider, hangup, raw }) =>
        provider === "huawei-cec" && hangup?.code === "19" && !("taskType" in (raw as object)),
    );
    if (ita === undefined) throw new TypeError("The emulator has no unanswered ITA call.");
    expect(ita).toMatchObject({ outcome: "no-answer", kind: "bidirectional" });
    expect(stage.client.normalize("huawei-cec", ita.raw, { relatedIds: { taskType: "4" } })).toEqual(ita);
    expect(stage.client.normalize("huawei-cec", ita.raw)).toMatchObject({ outcome: "unknown", hangup: { code: "19" } });
  });

  it("accepts a row of Tencent's active calls", async () => {
    const { calls } = await stage.client.activeCalls();
    for (const call of calls) expect(stage.client.normalize(call.account, call.raw, call)).toEqual(call);
  });

  it("names a field that does not have its documented format", () => {
    const [first] = records.filter(({ provider }) => provider === "itniotech");
    const error = thrownBy(() =>
      stage.client.normalize("itniotech", { ...(first?.raw as object), callStartTime: "yesterday" }),
    );
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("`callStartTime`");
    expect(error.message).not.toContain("yesterday");
  });

  it.each([null, undefined, "row", 7, [], {}])("rejects %o, which is not a row", (row) => {
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"])
      expect(() => stage.client.normalize(account, row)).toThrow(ResponseError);
  });

  it("rejects an unknown account, and sends nothing", () => {
    expect(() => stage.client.normalize("nobody", {})).toThrow(RequestError);
    expect(
      stage.emulator.requests.filter(
        ({ operation }) => operation !== "DescribePSTNActiveSessionList" && operation !== "queryCallDetailRecord",
      ),
    ).toEqual([]);
  });
});

describe("a record", () => {
  it("is the same after a round trip through JSON", () => {
    for (const record of records) expect(callRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it("has exactly the fields of the model", () => {
    const fields = Object.keys(callRecordSchema.shape).sort();
    for (const record of records) expect(Object.keys(record).sort()).toEqual(fields);
  });

  it("keeps every digit of an id, whether the vendor sends a number or a string", () => {
    const huawei = records.filter(({ provider }) => provider === "huawei-cec");
    const truth = new Set(stage.emulator.truth["huawei-cec"].calls.map(({ id }) => id));
    expect(huawei.every(({ id }) => /^\d{19}$/.test(id) && truth.has(id))).toBe(true);
    expect(huawei.every(({ raw, id }) => String((raw as { callSerialNo: unknown }).callSerialNo) === id)).toBe(true);
  });
});
