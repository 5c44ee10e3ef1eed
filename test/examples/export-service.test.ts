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
import { formats } from "../../examples/export-service/formats.js";
import { idsOf } from "../client/truth.js";
import { startExample } from "./example-process.js";

const HOUR = 3_600_000;
const PAGE = 50;

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  vi.restoreAllMocks();
});

/** A service before emulated vendors. What it logs is kept from the test's own output. */
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

/** Itniotech's, in the range. Their remarks make them larger, all together, than what sockets hold by themselves: about 5 kB each. */
const callsOf = (count: number) =>
  Array.from({ length: count }, (_, index): CustomCall => ({
    startedAt: new Date(Date.now() - 7 * 24 * HOUR + index * 10_000),
    row: { remark: "备注".repeat(650) },
  }));
const manyCalls = callsOf(4000);
const many: EmulatorOptions = { calls: { itniotech: manyCalls } };
const fromMany = { account: "itniotech" };

/** An answer whose body is not read yet. */
async function ask(url: string): Promise<IncomingMessage> {
  const request = get(url, { agent: false });
  opened.push(() => Promise.resolve(request.destroy()));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

/** The calls of a whole export, and its last line. */
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
  it("is every call of the range in NDJSON, and what is proven", async () => {
    const { urlOf, truth, log } = await open({ callsPerDay: 100 });
    const response = await ask(urlOf());
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

  it("is a table in CSV, and says in a trailer how many calls there are", async () => {
    const { urlOf, truth } = await open({ callsPerDay: 100 });
    const response = await ask(urlOf({ format: "csv", account: "huawei-cec" }));
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

  it("without calls is a whole one all the same", async () => {
    const { urlOf } = await open();
    expect(await (await fetch(urlOf({ format: "csv" }))).text()).toBe(
      "account,id,application,direction,state,outcome,startedAt,answeredAt,endedAt,talkSeconds,caller,callee,agent\r\n",
    );
    expect(readNdjson(await (await fetch(urlOf())).text())).toMatchObject({ calls: [], report: { report: {} } });
  });

  it("writes no formula into a spreadsheet, and leaves telephone numbers alone", async () => {
    const { client } = await open();
    const row = {
      keyId: "1",
      callType: 1,
      hangupReason: 1,
      callStartTime: "2026-11-01 00:00:00",
      caller: "+8613800138000",
      called: '=HYPERLINK("x")',
      seatName: "王芳, 二组",
    };
    expect(formats.csv.line(client.normalize("itniotech", row))).toMatch(
      /,\+8613800138000,"'=HYPERLINK\(""x""\)","王芳, 二组"\r\n$/,
    );
    expect(formats.csv.line(client.normalize("itniotech", { ...row, seatName: "＝1" }))).toMatch(/,'＝1\r\n$/);
    // Where a spreadsheet divides cells by semicolons or tabulations, these would be formulas too.
    expect(formats.csv.line(client.normalize("itniotech", { ...row, seatName: "x;=1+1;-5" }))).toMatch(
      /,"x;'=1\+1;-5"\r\n$/,
    );
    expect(formats.csv.line(client.normalize("itniotech", { ...row, seatName: "x\t@a" }))).toMatch(/,"x\t'@a"\r\n$/);
  });

  it("takes the + of an offset that was not encoded", async () => {
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
  ])("%j is refused, and nothing is asked of the vendors", async (query, expected) => {
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

  it("without a range, or with two, is refused; so are other paths and methods", async () => {
    const { service, urlOf } = await open();
    expect((await fetch(`${service.url}calls`)).status).toBe(400);
    expect((await fetch(`${urlOf()}&from=2026-11-01T00:00:00Z`)).status).toBe(400);
    expect((await fetch(`${service.url}other`)).status).toBe(404);
    expect((await fetch(urlOf(), { method: "POST" })).status).toBe(405);
  });

  it("by HTTP/1.0, in which a part looks like the whole, is refused", async () => {
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
  ] as const)("%s is answered by %i", async (fault, status, code) => {
    const { urlOf, emulator, service } = await open(
      { callsPerDay: 20 },
      fault === "stalled-header" ? { totalTimeoutMs: 500 } : {},
    );
    emulator.inject(fault, { vendor: "itniotech", times: Infinity });
    const response = await fetch(urlOf(fromMany));
    expect([response.status, response.headers.get("content-type"), response.headers.has("retry-after")]).toEqual([
      status,
      "application/json",
      status === 429,
    ]);
    expect(await response.json()).toMatchObject({ code });
    expect(await health(service.url)).toMatchObject({ exports: 0 });
  });

  it("of credentials is not shown as the downloader's", async () => {
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
    "%s breaks the connection: what came does not look whole",
    async (fault) => {
      const { urlOf, emulator, service, log } = await open(
        many,
        fault === "stalled-header" ? { totalTimeoutMs: 3000 } : {},
      );
      emulator.inject(fault, { vendor: "itniotech", after: 40, times: Infinity });
      const response = await ask(urlOf(fromMany));
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
  it("who does not read holds back the reading, and gets everything when they do", async () => {
    const pages = 100;
    const { urlOf, emulator, truth } = await open({ calls: { itniotech: callsOf(pages * 100) }, pageCap: {} });
    const slow = await ask(urlOf(fromMany));
    // Another one reads the same meanwhile: for as long as it would have taken the first. Its requests are all that are needed for a whole export.
    await text(await ask(urlOf(fromMany)));
    const askedForSlow = emulator.requests.length - pages;
    // What the client reads ahead (2,000 calls), and what sockets hold.
    expect(askedForSlow).toBeLessThan(pages / 2);

    const { calls } = readNdjson(await text(slow));
    expect(idsOf(calls)).toEqual(idsOf(truth()));
    expect(emulator.requests.length).toBeGreaterThanOrEqual(2 * pages);
  });

  it("who hangs up ends the reading", async () => {
    const { urlOf, emulator, service } = await open(many);
    const response = await ask(urlOf(fromMany));
    response.destroy();
    await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    const asked = emulator.requests.length;
    emulator.clearRequests();
    await text(await ask(urlOf(fromMany)));
    const pages = Math.ceil(manyCalls.length / PAGE);
    expect(asked).toBeLessThan(pages);
    // Two readings, had the first gone on.
    expect(emulator.requests.length).toBeLessThan(pages + 10);
  });

  it("who hangs up before the first call ends the reading too", async () => {
    const { urlOf, emulator, service } = await open(many);
    emulator.inject("stalled-header", { vendor: "itniotech" });
    const request = get(urlOf(fromMany), { agent: false }).on("error", () => undefined);
    await eventually(() => emulator.requests.length).toBe(1);
    request.destroy();
    await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    expect(emulator.requests.length).toBe(1);
  });

  it("who takes nothing for long is given up", async () => {
    const { urlOf, service } = await open(many, { stallMs: 100 });
    const response = await ask(urlOf(fromMany));
    await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    await expect(text(response)).rejects.toThrow("aborted");
  });

  it("who is one too many is asked to come back", async () => {
    const { urlOf, service } = await open(many, { mostExports: 2 });
    const going = [await ask(urlOf(fromMany)), await ask(urlOf(fromMany))];
    expect(await health(service.url)).toEqual({ status: "ok", exports: 2, mostExports: 2 });
    const refused = await fetch(urlOf(fromMany));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(await refused.json()).toEqual({ message: "The maximum number of exports is active." });
    for (const response of going) expect(readNdjson(await text(response)).calls.length).toBe(manyCalls.length);
    await eventually(() => health(service.url)).toMatchObject({ exports: 0 });
    expect((await fetch(urlOf({ format: "csv", account: "huawei-cec" }))).status).toBe(200);
  });
});

describe("a service that is to stop", () => {
  it("lets the exports come to their end, and takes no others", async () => {
    const { urlOf, service } = await open(many);
    const response = await ask(urlOf(fromMany));
    const closed = service.close(60_000);
    await expect(ask(urlOf(fromMany))).rejects.toThrow("ECONNREFUSED");
    expect(readNdjson(await text(response)).calls.length).toBe(manyCalls.length);
    await closed;
  });

  it("breaks off what goes on for too long", async () => {
    const { urlOf, emulator, service } = await open(many);
    const reading = await ask(urlOf(fromMany));
    emulator.inject("stalled-header", { vendor: "huawei-cec" });
    const waiting = fetch(urlOf({ account: "huawei-cec" }));
    await eventually(() => emulator.requests.some(({ vendor }) => vendor === "huawei-cec")).toBe(true);
    await service.close(1);
    await expect(text(reading)).rejects.toThrow("aborted");
    expect((await waiting).status).toBe(503);
  });

  it("by SIGTERM ends, as it is run", { timeout: 60_000 }, async () => {
    const { child, outcome } = startExample("export-service", [], { PORT: "0" });
    for await (const line of createInterface(child.stdout)) {
      const [, url] = /'(http:.+)'/.exec(line) ?? [];
      if (url === undefined) continue;
      const response = await ask(url);
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
