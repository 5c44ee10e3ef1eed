import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type CallRecord, type ReceivedPush, RequestError, UnsupportedError } from "call-records";
import { defineProvider } from "call-records/adapter";
import { declareSound } from "../conformance/sound.js";
import { pushOf } from "../../examples/push/emulated-pushes.js";
import { daysAgo, openClient, openStage } from "./stage.js";

const MINUTE = 60_000;
const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
const stage = await openStage({ emulator: { days: 8, callsPerDay: 12 } });
const { client } = stage;
const SECRETS = [
  stage.emulator.credentials["tencent-ccc"].secretKey,
  stage.emulator.credentials["huawei-cec"].appSecret,
  stage.emulator.credentials.itniotech.apiSecret,
];
const calls = await client.records({ from: daysAgo(6), to: daysAgo(4), raw: true }).toArray({ max: 1000 });
const ofVendor = (vendor: string): CallRecord[] => calls.filter(({ provider }) => provider === vendor);
const first = (vendor: string): CallRecord => {
  const [call] = ofVendor(vendor);
  if (call === undefined) throw new TypeError(`${vendor} has no call.`);
  return call;
};

function refusalOf(account: string, push: unknown): string {
  try {
    client.readPush(account, push as ReceivedPush);
    return "accepted";
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return (error as Error).message;
  }
}

describe("a push", () => {
  it.each(VENDORS)("of %s points to the start of its call", (vendor) => {
    expect(ofVendor(vendor).length).toBeGreaterThan(5);
    for (const call of ofVendor(vendor)) {
      const { notices } = client.readPush(vendor, pushOf(call));
      expect(notices).toHaveLength(1);
      const [notice] = notices;
      expect(notice).toMatchObject({ account: vendor, provider: vendor, application: call.application });
      const start = call.startedAt.getTime();
      expect(notice?.around).toEqual({ from: new Date(start - MINUTE), to: new Date(start + MINUTE) });
      expect(Object.values(notice?.relatedIds ?? {})).toContain(
        vendor === "itniotech" ? call.relatedIds.callSessionId : call.id,
      );
    }
  });

  it("of a call at Tencent contains its record", () => {
    for (const call of ofVendor("tencent-ccc")) {
      const [notice] = client.readPush("tencent-ccc", pushOf(call)).notices;
      expect({ ...notice?.record, raw: null }).toEqual({ ...call, raw: null });
    }
    expect(client.readPush("huawei-cec", pushOf(first("huawei-cec"))).notices[0]?.record).toBeNull();
  });

  it.each(["record", "voicemail"])("of the kind %s at Tencent points to the calls before its time", (action) => {
    const at = daysAgo(5);
    const body = { SdkAppId: 1_400_000_000, SessionId: "s", RecordId: "r", Timestamp: at.getTime() / 1000 };
    const [notice] = client.readPush("tencent-ccc", { query: { action }, body: JSON.stringify(body) }).notices;
    expect(notice).toMatchObject({
      application: "1400000000",
      relatedIds: { SessionId: "s", RecordId: "r" },
      record: null,
    });
    expect(notice?.around.to).toEqual(new Date(at.getTime() + MINUTE));
    expect((notice?.around.from ?? at) < new Date(at.getTime() - 3_600_000)).toBe(true);
  });

  it.each([
    ["tencent-ccc", { "Content-Type": "application/json" }, '{"ErrCode":0,"ErrMsg":""}'],
    ["huawei-cec", { "Content-Type": "application/json" }, '{"retCode":"0","retMsg":"success"}'],
    ["itniotech", {}, ""],
  ])("of %s has the reply that the vendor expects", (vendor, headers, body) => {
    expect(client.readPush(vendor, pushOf(first(vendor))).reply).toEqual({ status: 200, headers, body });
  });

  it.each(VENDORS)("of %s has the same delivery id when it is repeated, and another one for another call", (vendor) => {
    const idOf = (call: CallRecord) => client.readPush(vendor, pushOf(call)).notices[0]?.deliveryId;
    const ids = ofVendor(vendor).map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ofVendor(vendor).map(idOf)).toEqual(ids);
  });

  it("of Tencent has the delivery id of its header, in any case", () => {
    const push = pushOf(first("tencent-ccc"));
    const headers = { "X-TCCC-PUSH-UUID": ["uuid-1"] };
    expect(client.readPush("tencent-ccc", { ...push, headers }).notices[0]?.deliveryId).toBe("uuid-1");
  });

  it("may be bytes, and in the form of Huawei's sample", () => {
    const push = pushOf(first("huawei-cec"));
    const { notices } = client.readPush("huawei-cec", push);
    const bytes = client.readPush("huawei-cec", { ...push, body: Buffer.from(push.body) });
    expect(bytes.notices).toEqual(notices);
    const fields = Object.entries(JSON.parse(String(push.body)) as object);
    const sample = `{${fields.map(([name, value]) => `${name}=${String(value)}`).join(", ")},}`;
    expect(client.readPush("huawei-cec", { ...push, body: sample }).notices[0]?.around).toEqual(notices[0]?.around);
  });

  it.each(["{a=", "{a=1,", "{", "{a=b,c "])("that begins with %j and is long is refused in linear time", (start) => {
    for (const filler of [" ", ",", "a"]) {
      const body = start + filler.repeat(200_000);
      for (const whole of [body, `${body}}`]) expect(refusalOf("huawei-cec", { body: whole })).toContain("push");
    }
  });

  it("keeps long ids, and may begin with a byte order mark", () => {
    const body = '\uFEFF{"callSerialNo":1037058396471308289,"createCallTime":1763900000000}';
    for (const one of [body, Buffer.from(body)])
      expect(client.readPush("huawei-cec", { body: one }).notices[0]?.relatedIds).toEqual({
        callSerialNo: "1037058396471308289",
      });
  });

  it("with a record that cannot be read is refused", () => {
    const push = pushOf(first("tencent-ccc"));
    const deep = `${"[".repeat(3000)}${"]".repeat(3000)}`;
    const body = String(push.body).replace(/\}$/, `,"Extra":${deep}}`);
    expect(refusalOf("tencent-ccc", { ...push, body })).toContain("field `body`");
  });

  it("whose adapter fails to parse it is refused", () => {
    const base = declareSound();
    const parse = () => {
      throw new TypeError("no");
    };
    const pushes = { schema: z.never(), parse, reply: { status: 200, headers: {}, body: "" } };
    const provider = defineProvider({ ...base, operations: { ...base.operations, pushes } });
    const other = openClient({ providers: [provider as never] });
    expect(() => other.readPush("sound", { body: "text" })).toThrow(RequestError);
  });

  it("has times in Unix milliseconds or in local time at Huawei", () => {
    const around = (createCallTime: unknown) =>
      client.readPush("huawei-cec", { body: JSON.stringify({ callSerialNo: "1", createCallTime }) }).notices[0]?.around;
    const at = Date.parse("2026-11-16T04:00:00Z");
    expect(around(at)).toEqual({ from: new Date(at - MINUTE), to: new Date(at + MINUTE) });
    expect(around(String(at))).toEqual(around(at));
    expect(around("2026-11-16 12:00:00")).toEqual(around(at));
  });

  it.each(VENDORS)("of another vendor than %s is refused, and the message names a field", (vendor) => {
    for (const other of VENDORS.filter((one) => one !== vendor))
      expect(refusalOf(vendor, pushOf(first(other)))).toMatch(/is no push of \S+: field `(?:query|body)\.\w+`/);
  });

  it.each([
    [{ body: "" }, "field `body`: must be JSON"],
    [{ body: "{" }, "field `body`: must be JSON"],
    [{ body: "a=1&b=2" }, "field `body`: must be JSON"],
    [{ body: "[]" }, "is no push of itniotech"],
    [{ body: "null" }, "is no push of itniotech"],
    [{ body: "{}" }, "field `body.callSessionId`"],
    [{ body: '{"callSessionId":"1"}' }, "field `body.callStartTime`"],
    [{ body: '{"callSessionId":"1","callStartTime":"soon"}' }, "field `body.callStartTime`"],
    [{ body: " ".repeat(1_048_577) }, "field `body`: must have at most 1048576 bytes"],
    [{ body: Buffer.alloc(1_048_577) }, "field `body`: must have at most 1048576 bytes"],
    [{ body: { callSessionId: "1" } }, "argument `push.body`: must be the text or the bytes"],
    [{ query: "action=cdr", body: "{}" }, "argument `push.query`"],
    [{}, "argument `push.body`"],
    [null, "argument `push`"],
  ])("%# that is invalid is refused", (push, words) => {
    expect(refusalOf("itniotech", push)).toContain(words);
  });

  it("for an application that the account does not have is refused", () => {
    const push = pushOf(first("tencent-ccc"));
    const body = JSON.stringify({ ...(JSON.parse(String(push.body)) as object), SdkAppId: 1_499_999_999 });
    expect(refusalOf("tencent-ccc", { ...push, body })).toContain("has no application `1499999999`");
  });

  it("that is anything never throws another error, and shows no secret", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...VENDORS),
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.constantFrom(...SECRETS.map((secret) => JSON.stringify({ callSessionId: secret }))),
        ),
        fc.dictionary(fc.constantFrom("action", "version", "x"), fc.string()),
        (vendor, body, query) => {
          try {
            client.readPush(vendor, { query, body });
          } catch (error) {
            expect((error as Error).name).toMatch(/^(?:RequestError|ResponseError)$/);
            for (const secret of SECRETS) expect((error as Error).message).not.toContain(secret);
          }
        },
      ),
    );
  });

  it("cannot be read for a vendor without pushes", () => {
    const without = openClient({ providers: [defineProvider(declareSound()) as never] });
    expect(() => without.readPush("sound", { body: "{}" })).toThrow(UnsupportedError);
  });
});
