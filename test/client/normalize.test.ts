import { beforeAll, describe, expect, it } from "vitest";
import { type CallRecord, callRecordSchema, RequestError, ResponseError } from "call-records";
import { daysAgo, openStage, type Stage, thrownBy } from "./stage.js";

let stage: Stage;
let records: CallRecord[];
beforeAll(async () => {
  stage = await openStage({ emulator: { days: 12, callsPerDay: 40, activeCalls: 30 } });
  records = await stage.client.records({ from: daysAgo(11), to: daysAgo(0) }).toArray({ max: 10_000 });
  stage.emulator.clearRequests();
});

describe("normalize", () => {
  it("makes of a record's own row the same record again, for every row of every vendor", () => {
    expect(records.length).toBeGreaterThan(700);
    for (const record of records) expect(stage.client.normalize(record.account, record.raw, record)).toEqual(record);
  });

  it("makes the same record of a row that was kept as JSON", () => {
    for (const record of records) {
      const kept = JSON.parse(JSON.stringify(record)) as CallRecord;
      expect(stage.client.normalize(kept.account, kept.raw, kept)).toEqual(record);
    }
  });

  it("needs no context where the row says it all", () => {
    for (const record of records.filter(({ provider }) => provider === "itniotech"))
      expect(stage.client.normalize("itniotech", record.raw)).toEqual(record);
  });

  it("reads the reasons of an ITA call by their own table only when it is told that it is one", () => {
    const ita = records.find(
      ({ provider, hangup, raw }) =>
        provider === "huawei-cec" && hangup?.code === "19" && !("taskType" in (raw as object)),
    );
    if (ita === undefined) throw new TypeError("The emulator has an ITA call that nobody answered.");
    expect(ita).toMatchObject({ outcome: "no-answer", kind: "bidirectional" });
    expect(stage.client.normalize("huawei-cec", ita.raw, { relatedIds: { taskType: "4" } })).toEqual(ita);
    expect(stage.client.normalize("huawei-cec", ita.raw)).toMatchObject({ outcome: "unknown", hangup: { code: "19" } });
  });

  it("takes a row of Tencent's calls going on, too", async () => {
    const { calls } = await stage.client.activeCalls();
    for (const call of calls) expect(stage.client.normalize(call.account, call.raw, call)).toEqual(call);
  });

  it("names the field of a row that is not what the vendor documents", () => {
    const [first] = records.filter(({ provider }) => provider === "itniotech");
    const error = thrownBy(() =>
      stage.client.normalize("itniotech", { ...(first?.raw as object), callStartTime: "yesterday" }),
    );
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("`callStartTime`");
    expect(error.message).not.toContain("yesterday");
  });

  it.each([null, undefined, "row", 7, [], {}])("refuses %o, which is no row", (row) => {
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"])
      expect(() => stage.client.normalize(account, row)).toThrow(ResponseError);
  });

  it("refuses an account that there is none of, and sends nothing", () => {
    expect(() => stage.client.normalize("nobody", {})).toThrow(RequestError);
    expect(
      stage.emulator.requests.filter(
        ({ operation }) => operation !== "DescribePSTNActiveSessionList" && operation !== "queryCallDetailRecord",
      ),
    ).toEqual([]);
  });
});

describe("a record", () => {
  it("comes back from JSON as it was", () => {
    for (const record of records) expect(callRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it("has every field of the model, and none beside", () => {
    const fields = Object.keys(callRecordSchema.shape).sort();
    for (const record of records) expect(Object.keys(record).sort()).toEqual(fields);
  });

  it("keeps every digit of an id, number or not on the wire", () => {
    const huawei = records.filter(({ provider }) => provider === "huawei-cec");
    const truth = new Set(stage.emulator.truth["huawei-cec"].calls.map(({ id }) => id));
    expect(huawei.every(({ id }) => /^\d{19}$/.test(id) && truth.has(id))).toBe(true);
    expect(huawei.every(({ raw, id }) => String((raw as { callSerialNo: unknown }).callSerialNo) === id)).toBe(true);
  });
});
