import { describe, expect, it } from "vitest";
import { huaweiCec, itniotech, MemoryCheckpointStore, ResponseError, tencentCcc } from "call-records";
import { extent, share } from "../search.js";
import { huaweiResponding, type Responder, serve, written } from "./scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf, thrownBy } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };
const at = NOW - 19.5 * DAY;
/** The placeholder for the nested value in the text of a response. */
const DEEP = '"the deep value"';
/** Far more levels than the stack has room for. */
const MANY_LEVELS = extent(50_000, 500_000);

function nested(levels: number): string {
  return `${'{"a":['.repeat(levels / 2)}${"]}".repeat(levels / 2)}`;
}

/** The rows of each vendor, and the response body that contains them. */
const vendors = {
  "tencent-ccc": {
    row: (id: number, field: object) => ({ SessionId: `call-${id}`, StartTimestamp: at / 1000, ...field }),
    body: (rows: object[]) => ({ Response: { TotalCount: rows.length, TelCdrs: rows, RequestId: "r" } }),
    field: "Remark",
    provider: (endpoint: string) =>
      tencentCcc({ secretId: "key-of-tencent", secretKey: "secret-of-tencent", sdkAppIds: [1], endpoint, rate }),
  },
  "huawei-cec": {
    row: (id: number, field: object) => ({
      callSerialNo: `call-${id}`,
      startTime: at,
      endTime: at + 1,
      state: 3,
      reasonCode: 5,
      taskType: "0",
      ...field,
    }),
    body: (rows: object[]) => ({ retCode: "0", retMsg: "", result: { total: rows.length, callInfo: rows } }),
    field: "callData",
    provider: (endpoint: string) => huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate }),
  },
  itniotech: {
    row: (id: number, field: object) => ({
      keyId: `call-${id}`,
      callStartTime: "2026-11-01 00:00:00",
      callType: 3,
      hangupReason: 0,
      ...field,
    }),
    body: (rows: object[]) => ({ status: 0, data: { total: rows.length, records: rows } }),
    field: "calledInfo",
    provider: (endpoint: string) => itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate }),
  },
};
type Vendor = keyof typeof vendors;

/** Opens a client for a vendor with three rows. A field of the second row is nested `levels` deep. */
async function openVendor(vendor: Vendor, field: string, levels: number) {
  const { row, body, provider } = vendors[vendor];
  const text = JSON.stringify(body([row(1, {}), row(2, { [field]: "the deep value" }), row(3, {})])).replace(
    DEEP,
    nested(levels),
  );
  const empty =
    vendor === "huawei-cec" ? { retCode: "1" } : { Response: { TotalCount: 0, TelCdrs: [], RequestId: "r" } };
  // Huawei has two lists, of which the second is empty.
  const response: Responder = ({ body: { taskType } }) =>
    taskType === "4" ? { body: empty } : { body: written(text) };
  const endpoint = await serve(vendor === "huawei-cec" ? huaweiResponding(response) : response);
  return openClient({ providers: [provider(endpoint)], clock: new ManualClock() });
}

const cases = (Object.keys(vendors) as Vendor[]).flatMap((vendor) =>
  [5000, MANY_LEVELS].flatMap((levels) =>
    ["unknown", vendors[vendor].field].map((field) => [vendor, field, levels] as const),
  ),
);

describe.each(share(cases, 4))("a row of %s whose field %s is nested %i levels deep", (vendor, field, levels) => {
  it("causes a ResponseError that names the row, the field and the rule", async () => {
    const client = await openVendor(vendor, field, levels);
    const error = await rejectionOf(client.records(range).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ account: vendor, retryable: false });
    for (const text of ["call-2", `\`${field}\``, "100 levels"]) expect(error.message).toContain(text);
  });

  it("is omitted and reported if unreadable rows are reported, in a sync as well", async () => {
    const client = await openVendor(vendor, field, levels);
    const stream = client.records({ ...range, unreadableRows: "report" });
    expect((await stream.toArray({ max: 10 })).map(({ id }) => id)).toEqual(["call-1", "call-3"]);
    expect(stream.report().accounts).toMatchObject([{ gaps: [{ reason: "unreadable" }], unreadable: 1 }]);

    const synced: string[] = [];
    const pass = client.sync({ from: range.from, store: new MemoryCheckpointStore(), unreadableRows: "report" });
    await pass.forEach(({ changes }) => {
      for (const { record } of changes) synced.push(record.id);
    });
    expect(new Set(synced)).toEqual(new Set(["call-1", "call-3"]));
  });

  it("fails only its window if failures are isolated", async () => {
    const client = await openVendor(vendor, field, levels);
    const stream = client.records({ ...range, isolateFailures: true });
    await stream.toArray({ max: 10 });
    const [report] = stream.report().accounts;
    expect(report).toMatchObject({ error: { code: "response" } });
    expect(report?.gaps.map(({ reason }) => reason)).toContain("failed");
  });
});

it("rejects a deeply nested row in `normalize`", async () => {
  const client = await openVendor("itniotech", "unknown", 10);
  const row: unknown = JSON.parse(
    JSON.stringify(vendors.itniotech.row(7, { remark: "the deep value" })).replace(DEEP, nested(MANY_LEVELS)),
  );
  const error = thrownBy(() => client.normalize("itniotech", row));
  expect(error).toBeInstanceOf(ResponseError);
  expect(error.message).toContain("100 levels");
});
