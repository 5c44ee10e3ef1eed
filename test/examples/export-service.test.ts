import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import Papa from "papaparse";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CallRecordsClient, callRecordSchema, itniotech } from "call-records";
import { type CustomCall, type EmulatorOptions, startVendorEmulator, type VendorId } from "call-records/testing";
import { type ExportServiceOptions, startExportService } from "../../examples/export-service/export-service.js";
import { idsOf } from "../client/truth.js";
import { startExample } from "./example-process.js";

const HOUR = 3_600_000;
const PAGE = 50;

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  vi.restoreAllMocks();
});

/** Starts a service that reads emulated vendors. Its log is captured. */
async function open(options: EmulatorOptions = {}, limits: ExportServiceOptions = {}) {
  const unlimited = { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity };
  const emulator = await startVendorEmulator({
    days: 10,
    callsPerDay: 0,
    activeCalls: 0,
    requestsPerSecond: unlimited,
    pageCap: { itniotech: PAGE },
    ...options,
  });
  const client = new CallRecordsClient({ providers: emulator.providers(), retry: { attempts: 1 } });
  const service = await startExportService(client, limits);
  opened.push(
    () => emulator.close(),
    () => client.close(),
    () => service.close(0),
  );
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const from = new Date(Date.now() - 8 * 24 * HOUR);
  const to = new Date(Date.now() - 5 * 24 * HOUR);
  const urlOf = (query: Record<string, string> = {}) =>
    `${service.url}calls?${String(new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), ...query }))}`;
  const truth = (...vendors: VendorId[]) => {
    const wanted = vendors.length > 0 ? vendors.map((vendor) => emulator.truth[vendor]) : Object.values(emulator.truth);
    return wanted.flatMap(({ calls }) => calls.filter(({ startedAt }) => startedAt >= from && startedAt < to));
  };
  return { emulator, client, service, urlOf, truth, log };
}

/** Returns calls of Itniotech in the range. Their remarks of about 5 kB make the export larger than the buffers of sockets. */
const callsOf = (count: number) =>
  Array.from({ length: count }, (_, index): CustomCall => ({
    startedAt: new Date(Date.now() - 7 * 24 * HOUR + index * 10_000),
    row: { remark: "备注".repeat(650) },
  }));
const manyCalls = callsOf(4000);
const many: EmulatorOptions = { calls: { itniotech: manyCalls } };
const manyQuery = { account: "itniotech" };

/** Sends a request and returns the response, whose body has not been read yet. */
async function send(url: string): Promise<IncomingMessage> {
  const request = get(url, { agent: false });
  opened.push(() => Promise.resolve(request.destroy()));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

/** Returns the calls of a complete export, and its last line. */
function readNdjson(body: string): { calls: { id: string }[]; report: unknown } {
  const lines = body
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string });
  return { report: lines.pop(), calls: lines };
}

const health = async (url: string): Promise<unknown> => (await fetch(new URL("health", url))).json();
const eventually = <Result>(read: () => Promise<Result> | Result) => expect.poll(read, { timeout: 20_000 });

describe("an export", () => {
  it("contains every call of the range in NDJSON, and the report", async () => {
    const { urlOf, truth, log } = await open({ callsPerDay: 100 });
    const response = await send(urlOf());
    expect([response.statusCode, response.headers["content-type"]]).toEqual([200, "application/x-ndjson"]);
    const { calls, report } = readNdjson(await text(response));
    expect(idsOf(calls)).toEqual(idsOf(truth()));
    for (const call of calls) expect(callRecordSchema.parse(call)).not.toHaveProperty("raw");
    const statuses = ["tencent-ccc", "huawei-cec", "itniotech"].map(
      (account) => expect.objectContaining({ account, status: "complete", gaps: [] }) as unknown,
    );
    expect(report).toEqual({ report: { accounts: statuses } });
    expect(log).not.toHaveBeenCalled();
  });

  it("is a table in CSV, with the number of calls in a trailer", async () => {
    const { urlOf, truth } = await open({ callsPerDay: 100 });
    const response = await send(urlOf({ format: "csv", account: "huawei-cec" }));
    expect(response.headers["content-type"]).toMatch(/^text\/csv/);
    const { data, errors } = Papa.parse<Record<string, string>>(await text(response), {
      header: true,
      skipEmptyLines: true,
      newline: "\r\n",
    });
    expect(errors).toEqual([]);
    expect(data.map(({ id }) => id).sort()).toEqual(
      truth("huawei-cec")
        .map(({ id }) => id)
        .sort(),
    );
    expect(data[0]).toMatchObject({ account: "huawei-cec", startedAt: expect.stringMatching(/Z$/) as unknown });
    expect(JSON.parse(response.trailers["export-report"] ?? "")).toEqual([
      { account: "huawei-cec", status: "complete", rows: data.length, unsettled: [] },
    ]);
  });

  it("is complete even without calls", async () => {
    const { urlOf } = await open();
    expect(await (await fetch(urlOf({ format: "csv" }))).text()).toBe(
      "account,id,application,direction,state,outcome,startedAt,answeredAt,endedAt,talkSeconds,caller.number,callee.number,agent.id,agent.name\r\n",
    );
    expect(readNdjson(await (await fetch(urlOf())).text())).toMatchObject({ calls: [], report: { report: {} } });
  });

  it("contains no formulas, and does not change telephone numbers", async () => {
    const startedAt = new Date(Date.now() - 7 * 24 * HOUR);
    const row = { caller: "+8613800138000", called: '=HYPERLINK("x")' };
    // In a spreadsheet that separates cells by semicolons or tabs, some of these would also be formulas.
    const names = ["王芳, 二组", "＝1", "x;=1+1;-5", "x\t@a"];
    const calls = names.map((seatName) => ({ startedAt, row: { ...row, seatName } }));
    const { urlOf } = await open({ calls: { itniotech: calls } });
    const body = await (await fetch(urlOf({ format: "csv", account: "itniotech" }))).text();
    for (const name of ['"王芳, 二组"', `"'＝1"`, `"x;'=1+1;-5"`, `"x\t'@a"`])
      expect(body).toContain(`,+8613800138000,"'=HYPERLINK(""x"")",,${name}\r\n`);
  });

  it("accepts the + of an offset that was not encoded", async () => {
    const { service, emulator } = await open();
    const response = await fetch(
      `${service.url}calls?from=2026-11-01T00:00:00+08:00&to=2026-11-01T01:00:00+08:00&account=itniotech`,
    );
    expect(response.status).toBe(200);
    await response.text();
    expect(emulator.requests.length).toBeGreaterThan(0);
  });
});

describe("a request that is wrong", () => {
  it.each([
    [{ from: "yesterday" }, "from"],
    [{ from: "2026-11-01" }, "from"],
    [{ from: "2026-11-02T00:00:00Z", to: "2026-11-01T00:00:00Z" }, "reversed"],
    [{ from: "2026-01-01T00:00:00Z", to: "2026-11-01T00:00:00Z" }, "at most 31"],
    [{ account: "nobody" }, "no account `nobody`"],
    [{ acount: "itniotech" }, "no parameter `acount`"],
    [{ format: "xlsx" }, "ndjson, csv"],
    [{ format: "constructor" }, "ndjson, csv"],
  ])("is refused with 400 and causes no request to a vendor: %j", async (query, expected) => {
    const { urlOf, emulator } = await open();
    const response = await fetch(urlOf(query));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      name: "RequestError",
      code: "request",
      message: expect.stringContaining(expected) as unknown,
    });
    expect(emulator.requests).toEqual([]);
  });

  it("is refused without a range, with two, and for other paths and methods", async () => {
    const { service, urlOf } = await open();
    expect((await fetch(`${service.url}calls`)).status).toBe(400);
    expect((await fetch(`${urlOf()}&from=2026-11-01T00:00:00Z`)).status).toBe(400);
    expect((await fetch(`${service.url}other`)).status).toBe(404);
    expect((await fetch(urlOf(), { method: "POST" })).status).toBe(405);
  });

  it("is refused over HTTP/1.0, because a truncated export would look complete", async () => {
    const { urlOf, emulator } = await open();
    const { hostname, port, pathname, search } = new URL(urlOf());
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${pathname}${search} HTTP/1.0\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 505 .*nginx/s);
    expect(emulator.requests).toEqual([]);
  });
});

describe("a failure before the first call", () => {
  it.each([
    ["http-429", 429, "rate-limit"],
    ["http-503", 502, "vendor"],
    ["reset", 502, "network"],
    ["wrong-shape", 502, "response"],
    ["stalled-header", 504, "timeout"],
  ] as const)("%s causes a response with the status %i", async (fault, status, code) => {
    const { urlOf, emulator, service } = await open(
      { callsPerDay: 20 },
      fault === "stalled-header" ? { totalTimeoutMs: 500 } : {},
    );
    emulator.inject(fault, { vendor: "itniotech", times: Infinity });
    const response = await fetch(urlOf(manyQuery));
    expect([response.status, response.headers.get("content-type"), response.headers.has("retry-after")]).toEqual([
      status,
      "application/json",
      status === 429,
    ]);
    expect(await response.json()).toMatchObject({ code });
    expect(await health(service.url)).toMatchObject({ exports: 0 });
  });

  it("causes no response with the line of names in CSV", async () => {
    const { urlOf, emulator } = await open({ callsPerDay: 20 });
    emulator.inject("http-503", { vendor: "itniotech", times: Infinity });
    const response = await fetch(urlOf({ ...manyQuery, format: "csv" }));
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "application/json"]);
  });

  it("causes 502 and not 401 if the vendor refuses the credentials", async () => {
    const emulator = await startVendorEmulator({ callsPerDay: 1 });
    const apiSecret = "not-the-right-secret";
    const client = new CallRecordsClient({
      providers: [itniotech({ endpoint: emulator.endpoints.itniotech, apiKey: "bDqJFiq9", apiSecret })],
    });
    const service = await startExportService(client);
    opened.push(
      () => emulator.close(),
      () => client.close(),
      () => service.close(0),
    );
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const response = await fetch(`${service.url}calls?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z`);
    const body = await response.text();
    expect(response.status).toBe(502);
    expect(JSON.parse(body)).toMatchObject({ code: "authentication", account: "itniotech" });
    expect(body).not.toContain(apiSecret);
  });
});

describe("a failure after the first call", () => {
  it.each(["http-503", "stalled-header"] as const)(
    "destroys the connection, so that the truncated export does not look complete: %s",
    async (fault) => {
      const { urlOf, emulator, service, log } = await open(
        many,
        fault === "stalled-header" ? { totalTimeoutMs: 3000 } : {},
      );
      emulator.inject(fault, { vendor: "itniotech", after: 40, times: Infinity });
      const response = await send(urlOf(manyQuery));
      expect(response.statusCode).toBe(200);
      let received = 0;
      await expect(async () => {
        for await (const chunk of response) received += (chunk as Buffer).length;
      }).rejects.toThrow("aborted");
      expect(received).toBeGreaterThan(0);
      expect(response.trailers).toEqual({});
      expect(log).toHaveBeenCalledWith(
        expect.any(String),
        expect.objectContaining({ code: fault === "http-503" ? "vendor" : "timeout" }),
      );
      await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    },
  );
});

describe("a downloader", () => {
  it("slows down the reading while it does not read, and then receives everything", async () => {
    const pages = 100;
    const { urlOf, emulator, truth } = await open({ calls: { itniotech: callsOf(pages * 100) }, pageCap: {} });
    const slow = await send(urlOf(manyQuery));
    // Meanwhile another downloader reads the same export completely. It causes all requests of a complete export.
    await text(await send(urlOf(manyQuery)));
    const requestsForSlow = emulator.requests.length - pages;
    // The client reads 2,000 calls ahead, and sockets have buffers.
    expect(requestsForSlow).toBeLessThan(pages / 2);

    const { calls } = readNdjson(await text(slow));
    expect(idsOf(calls)).toEqual(idsOf(truth()));
    expect(emulator.requests.length).toBeGreaterThanOrEqual(2 * pages);
  });

  it("ends the reading when it disconnects", async () => {
    const { urlOf, emulator, service } = await open(many);
    const response = await send(urlOf(manyQuery));
    response.destroy();
    await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    const requestsBefore = emulator.requests.length;
    emulator.clearRequests();
    await text(await send(urlOf(manyQuery)));
    const pages = Math.ceil(manyCalls.length / PAGE);
    expect(requestsBefore).toBeLessThan(pages);
    // If the first reading had continued, there would be requests of two readings.
    expect(emulator.requests.length).toBeLessThan(pages + 10);
  });

  it("ends the reading when it disconnects before the first call", async () => {
    const { urlOf, emulator, service } = await open(many);
    emulator.inject("stalled-header", { vendor: "itniotech" });
    const request = get(urlOf(manyQuery), { agent: false }).on("error", () => undefined);
    await eventually(() => emulator.requests.length).toBe(1);
    request.destroy();
    await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    expect(emulator.requests.length).toBe(1);
  });

  it("is disconnected when it reads nothing for too long", async () => {
    const { urlOf, service } = await open(many, { stallMs: 100 });
    const response = await send(urlOf(manyQuery));
    await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    await expect(text(response)).rejects.toThrow("aborted");
  });

  it("gets 503 with Retry-After when the maximum number of exports is active", async () => {
    const { urlOf, service } = await open(many, { maxExports: 2 });
    const going = [await send(urlOf(manyQuery)), await send(urlOf(manyQuery))];
    expect(await health(service.url)).toEqual({ status: "ok", exports: 2, maxExports: 2 });
    const refused = await fetch(urlOf(manyQuery));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(await refused.json()).toEqual({ message: "The maximum number of exports is active." });
    for (const response of going) expect(readNdjson(await text(response)).calls.length).toBe(manyCalls.length);
    await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    expect((await fetch(urlOf({ format: "csv", account: "huawei-cec" }))).status).toBe(200);
  });
});

describe("a service that is stopping", () => {
  it("completes the active exports, and accepts no others", async () => {
    const { urlOf, service } = await open(many);
    const response = await send(urlOf(manyQuery));
    const closed = service.close(60_000);
    await expect(send(urlOf(manyQuery))).rejects.toThrow("ECONNREFUSED");
    expect(readNdjson(await text(response)).calls.length).toBe(manyCalls.length);
    await closed;
  });

  it("aborts exports that do not end within the grace period", async () => {
    const { urlOf, emulator, service } = await open(many);
    const reading = await send(urlOf(manyQuery));
    emulator.inject("stalled-header", { vendor: "huawei-cec" });
    const waiting = fetch(urlOf({ account: "huawei-cec" }));
    await eventually(() => emulator.requests.some(({ vendor }) => vendor === "huawei-cec")).toBe(true);
    await service.close(1);
    await expect(text(reading)).rejects.toThrow("aborted");
    expect((await waiting).status).toBe(503);
  });

  it("ends on SIGTERM when it runs as a program", { timeout: 60_000 }, async () => {
    const { child, outcome } = startExample("export-service", [], { PORT: "0" });
    for await (const line of createInterface(child.stdout)) {
      const [, url] = /'(http:.+)'/.exec(line) ?? [];
      if (url === undefined) continue;
      const response = await send(url);
      child.kill("SIGTERM");
      expect((await text(response)).split("\r\n").length).toBeGreaterThan(1000);
      expect(JSON.parse(response.trailers["export-report"] ?? "")).toHaveLength(3);
    }
    expect(await outcome).toMatchObject({
      code: 0,
      stderr: "No credentials in the environment: using three emulated vendors on this machine.\n",
    });
  });
});
