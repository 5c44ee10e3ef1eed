import { describe, expect, it } from "vitest";
import { type ClientEvent, IncompleteError, RequestError, ResponseError, tencentCcc, VendorError } from "call-records";
import { cdr } from "../samples/tencent-ccc.js";
import { serve, type VendorRequest } from "./scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE, rejectionOf } from "./stage.js";

const SESSION = "71a3b1c0-5a6b-4c0d-9d39-000000000001";
const row = {
  ...cdr,
  SessionId: SESSION,
  Time: (NOW - 100 * DAY) / 1000,
  StartTimestamp: 0,
  QueuedTimestamp: 0,
  RingTimestamp: 0,
  AcceptTimestamp: 0,
  EndedTimestamp: 0,
  Duration: 0,
  ServeParticipants: [],
};

const page = (count: number, rows: unknown[] | null) => ({
  body: { Response: { TotalCount: count, TelCdrList: rows, RequestId: "r" } },
});
const contains = ({ body }: VendorRequest, at: number) =>
  Number(body.StartTimeStamp) * 1000 <= at && at < Number(body.EndTimeStamp) * 1000;

/** Opens a client whose vendor responds with `respondThere` to the windows that contain an instant. */
async function searching(
  at: number,
  respondThere: (request: VendorRequest) => { status?: number; body: unknown },
  respondElsewhere: (request: VendorRequest) => { body: unknown } = () => page(0, []),
) {
  const received: VendorRequest[] = [];
  const endpoint = await serve((request) => {
    received.push(request);
    return contains(request, at) ? respondThere(request) : respondElsewhere(request);
  });
  const events: ClientEvent[] = [];
  const client = openClient({
    providers: [
      tencentCcc({
        secretId: "id",
        secretKey: "secret-of-tencent",
        sdkAppIds: [1],
        endpoint,
        sessionLookup: false,
        rate: { ...RATE, concurrency: 1 },
      }),
    ],
    clock: new ManualClock(),
    retry: { attempts: 1 },
    onEvent: (event) => events.push(event),
  });
  const find = (options: { unreadableRows?: "throw" | "report" } = {}) =>
    client.findCall({ account: "tencent-ccc", sessionId: SESSION, ...options });
  return { received, events, find };
}

describe("findCall without a match", () => {
  it("returns null if every window was read to its end, with one request each", async () => {
    const { received, find } = await searching(NOW - 100 * DAY, () => page(0, []));
    expect(await find()).toBeNull();
    const windows = received.map(
      ({ body }) => `${String(body.StartTimeStamp)} ${String(body.EndTimeStamp)} ${String(body.PageNumber)}`,
    );
    expect(new Set(windows).size).toBe(windows.length);
  });

  it.each([
    ["long ago", 100, []],
    ["recently", 1, []],
    ["long ago, without a list", 100, null],
  ])("throws an IncompleteError if the vendor counts a call but lists none, %s", async (_, days, rows) => {
    const { received, find } = await searching(NOW - days * DAY, () => page(1, rows));
    const error = await rejectionOf(find());
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error).toMatchObject({ account: "tencent-ccc", operation: "DescribeTelCdr", retryable: true });
    expect(received.filter((request) => contains(request, NOW - days * DAY)).length).toBeGreaterThan(2);
  });

  it("returns the call if the vendor lists it in response to a repeated request", async () => {
    let times = 0;
    const { find } = await searching(NOW - 100 * DAY, () => page(1, (times += 1) > 1 ? [row] : []));
    expect(await find()).toMatchObject({ id: SESSION });
  });

  it("throws a ResponseError if a row could not be read, even if unreadable rows are reported", async () => {
    const { events, find } = await searching(NOW - 100 * DAY, () => page(1, [{ ...row, Time: "never" }]));
    expect(await rejectionOf(find())).toBeInstanceOf(ResponseError);
    const error = await rejectionOf(find({ unreadableRows: "report" }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("could not");
    expect(events).toContainEqual(expect.objectContaining({ type: "warning", key: SESSION, field: "Time" }));
  });

  it.each<[string, { status?: number; body: unknown }]>([
    ["failed", { status: 502, body: {} }],
    ["was refused", { body: { Response: { Error: { Code: "FailedOperation", Message: "no" }, RequestId: "r" } } }],
  ])("throws the error of a window that %s", async (_, response) => {
    const { find } = await searching(NOW - 100 * DAY, () => response);
    expect(await rejectionOf(find())).toBeInstanceOf(VendorError);
  });
});

describe("findCall with a match", () => {
  const there = NOW - 100 * DAY;

  it("ignores other windows that are incomplete or cannot be read", async () => {
    for (const elsewhere of [page(1, []), page(7, [{ ...row, SessionId: "another" }]), { status: 502, body: {} }]) {
      const { find } = await searching(
        there,
        () => page(1, [row]),
        () => elsewhere,
      );
      expect(await find()).toMatchObject({ id: SESSION, startedAt: new Date(there) });
    }
  });

  it("returns the call even if the total ignores the filter", async () => {
    const { find } = await searching(there, () => page(5000, [row]));
    expect(await find()).toMatchObject({ id: SESSION });
  });

  it("returns the call even if the vendor lists it in every window", async () => {
    const { find } = await searching(
      there,
      () => page(1, [row]),
      () => page(1, [row]),
    );
    expect(await find()).toMatchObject({ id: SESSION });
  });
});

describe("an id that exists in two applications", () => {
  const at = { 1: NOW - 10 * DAY, 2: NOW - 150 * DAY };
  const finding = async (
    responseOf: (application: 1 | 2, request: VendorRequest) => { status?: number; body: unknown },
  ) => {
    const received: VendorRequest[] = [];
    const endpoint = await serve((request) => {
      received.push(request);
      return responseOf(Number(request.body.SdkAppId) as 1 | 2, request);
    });
    const provider = tencentCcc({
      secretId: "id",
      secretKey: "secret-of-tencent",
      sdkAppIds: [1, 2],
      endpoint,
      rate: RATE,
    });
    const client = openClient({ providers: [provider], clock: new ManualClock(), retry: { attempts: 1 } });
    const find = (query: { application?: string } = {}) =>
      client.findCall({ account: "tencent-ccc", sessionId: SESSION, ...query });
    return { received, find };
  };
  const response = (application: 1 | 2, request: VendorRequest) =>
    contains(request, at[application]) ? page(1, [{ ...row, Time: at[application] / 1000 }]) : page(0, []);

  it("causes a RequestError that names both applications and the argument, after few requests", async () => {
    const { received, find } = await finding(response);
    const error = await rejectionOf(find());
    expect(error).toBeInstanceOf(RequestError);
    for (const name of ["`1`", "`2`", "`application`"]) expect(error.message).toContain(name);
    const windows = new Set(received.map(({ body }) => JSON.stringify(body)));
    expect(received.length).toBeLessThanOrEqual(2 * windows.size);
  });

  it.each([1, 2] as const)("selects the call of the named application (%i)", async (application) => {
    const { find } = await finding(response);
    expect(await find({ application: String(application) })).toMatchObject({
      id: SESSION,
      application: String(application),
      startedAt: new Date(at[application]),
    });
  });

  it("causes the error of an application that could not be searched, unless the other one is named", async () => {
    const { find } = await finding((application, request) =>
      application === 1 ? response(1, request) : { status: 502, body: {} },
    );
    expect(await rejectionOf(find())).toBeInstanceOf(VendorError);
    expect(await find({ application: "1" })).toMatchObject({ application: "1" });
  });
});
