import { expect, it } from "vitest";
import { itniotech, ResponseError } from "call-records";
import { serve, written } from "./scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };
const [before = "", behind = ""] = JSON.stringify({
  status: 0,
  data: {
    total: 1,
    records: [{ keyId: 7, callStartTime: "2026-11-01 00:00:00", callType: 3, hangupReason: 0, remark: "*" }],
  },
}).split("*");
/** "通话记录" in GBK. */
const REMARK = Buffer.from("cda8bbb0bcc7c2bc", "hex");
const BODY = Buffer.concat([Buffer.from(before), REMARK, Buffer.from(behind)]);

async function openVendor(contentType: string) {
  const endpoint = await serve(() => ({ headers: { "Content-Type": contentType }, body: written(BODY) }));
  return openClient({
    providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
    clock: new ManualClock(),
  });
}

it("decodes a response with its declared charset", async () => {
  const client = await openVendor("application/json;charset=GBK");
  expect((await client.records(range).toArray({ max: 10 })).map(({ remark }) => remark)).toEqual(["通话记录"]);
});

it("rejects a response in an unknown charset, and does not retry", async () => {
  const client = await openVendor("application/json;charset=x-our-own");
  const error = await rejectionOf(client.records(range).toArray({ max: 10 }));
  expect(error).toBeInstanceOf(ResponseError);
  expect(error).toMatchObject({
    account: "itniotech",
    operation: "/v3/cc/record/query",
    attempts: 1,
    retryable: false,
  });
  expect(error.message).toContain("`x-our-own`");
});
