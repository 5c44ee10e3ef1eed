import { createServer, type Server } from "node:http";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { NetworkError, ResponseError, TimeoutError, VendorError } from "call-records";
import type { FaultKind } from "call-records/testing";
import {
  detailsOf,
  HISTORY,
  huaweiAt,
  itniotechAt,
  openClient,
  rejectionOf,
  requestsFor,
  tencentAt,
} from "../client/stage.js";
import { HastyClock, TIMEOUT_MS } from "./hasty-clock.js";
import { expectExactlyOnce, openHostileStage, RANGE, read, VENDORS } from "./hostile-stage.js";
import { share } from "../search.js";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  return `http://127.0.0.1:${address.port}`;
}

const PROVIDERS = { "tencent-ccc": tencentAt, "huawei-cec": huaweiAt, itniotech: itniotechAt };

const retryableFaults: readonly [FaultKind, new (message: string) => Error, string | null, RegExp][] = [
  ["reset", NetworkError, "ECONNRESET", /network|endpoint/],
  ["cut-body", NetworkError, "ECONNRESET", /network|endpoint/],
  ["html-page", NetworkError, "HTTP 200", /not JSON/],
  ["no-json", NetworkError, "HTTP 200", /not JSON/],
  ["bad-gateway", VendorError, "HTTP 502", /try again later/],
  ["stalled-header", TimeoutError, null, /timeoutMs/],
  ["stalled-body", TimeoutError, null, /timeoutMs/],
];

describe.each(VENDORS)("%s", (vendor) => {
  const operation = HISTORY[vendor];

  it.each(share(retryableFaults, 4))("is read completely despite one %s during the run", async (kind) => {
    const stage = await openHostileStage();
    stage.emulator.inject(kind, { vendor, operation, after: 1 });
    expectExactlyOnce(stage, vendor, await read(stage, vendor));
    expect(stage.emulator.requests.filter(({ fault }) => fault === kind)).toHaveLength(1);
    expect(stage.events.filter(({ type }) => type === "retry")).toHaveLength(1);
  });

  it.each(share(retryableFaults, 4))(
    "causes an error that states what to do, after five attempts with %s",
    async (kind, errorClass, vendorCode, advice) => {
      const stage = await openHostileStage();
      stage.emulator.inject(kind, { vendor, operation, times: Number.POSITIVE_INFINITY });
      const error = await rejectionOf(read(stage, vendor));
      expect(error).toBeInstanceOf(errorClass);
      expect(error).toMatchObject({
        account: vendor,
        operation: expect.stringContaining(operation) as string,
        attempts: 5,
        vendorCode,
        retryable: true,
      });
      expect(error.message).toMatch(advice);
      expect(requestsFor(stage.emulator, operation)).toHaveLength(5);
    },
  );

  it("causes a ResponseError without a retry when its response has the wrong shape", async () => {
    const stage = await openHostileStage();
    stage.emulator.inject("wrong-shape", { vendor, operation, times: Number.POSITIVE_INFINITY });
    const error = await rejectionOf(read(stage, vendor));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({
      account: vendor,
      operation: expect.stringContaining(operation) as string,
      retryable: false,
    });
    expect(stage.emulator.requests.filter(({ fault }) => fault === "wrong-shape")).toHaveLength(1);
    expect(stage.events.some(({ type }) => type === "retry")).toBe(false);
  });

  it("causes a ResponseError without a retry when its JSON breaks off in the middle", async () => {
    const stage = await openHostileStage();
    stage.emulator.inject("broken-json", { vendor, operation, times: Number.POSITIVE_INFINITY });
    const error = await rejectionOf(read(stage, vendor));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({
      account: vendor,
      operation: expect.stringContaining(operation) as string,
      vendorCode: "HTTP 200",
      attempts: 1,
      retryable: false,
    });
    expect(error.message).toMatch(/line \d+, column \d+ \(offset \d+\)/);
    expect(requestsFor(stage.emulator, operation)).toHaveLength(1);
    expect(stage.events.some(({ type }) => type === "retry")).toBe(false);
  });

  it("causes a ResponseError when it redirects, and the redirect is not followed", async () => {
    let visits = 0;
    const redirectTarget = await listen(
      createServer((_, response) => {
        visits += 1;
        response.end("{}");
      }),
    );
    const stage = await openHostileStage();
    stage.emulator.inject("redirect", {
      vendor,
      operation,
      times: Number.POSITIVE_INFINITY,
      location: `${redirectTarget}/v3/cc/record/query`,
    });
    const error = await rejectionOf(read(stage, vendor));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({
      account: vendor,
      operation: expect.stringContaining(operation) as string,
      vendorCode: "HTTP 302",
      retryable: false,
    });
    expect(error.message).toContain("endpoint");
    expect(requestsFor(stage.emulator, operation)).toHaveLength(1);
    expect(visits).toBe(0);
  });

  it("cannot exhaust the memory with a small body that decompresses to a huge one", { tags: ["slow"] }, async () => {
    const stage = await openHostileStage({ client: { maxResponseBytes: 1_000_000 } });
    stage.emulator.inject("bomb", { vendor, operation, times: 2 });
    // The first read creates the bomb and warms up the code that decompresses it.
    await rejectionOf(read(stage, vendor));
    const before = process.memoryUsage();
    const error = await rejectionOf(read(stage, vendor));
    const after = process.memoryUsage();
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({
      account: vendor,
      operation: expect.stringContaining(operation) as string,
      retryable: false,
    });
    expect(error.message).toContain("maxResponseBytes");
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(40_000_000);
    expect(requestsFor(stage.emulator, operation)).toHaveLength(2);
  });

  it("causes a NetworkError after five attempts when its port is closed", async () => {
    const stage = await openHostileStage();
    const provider = PROVIDERS[vendor](stage.emulator);
    await stage.emulator.close();
    const client = openClient({
      providers: [provider],
      clock: new HastyClock(),
      timeoutMs: TIMEOUT_MS,
      random: () => 0,
    });
    const error = await rejectionOf(client.records(RANGE).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ account: vendor, attempts: 5, vendorCode: "ECONNREFUSED", retryable: true });
    expect(error.message).toMatch(/endpoint/);
  });

  it("causes a NetworkError after five attempts when its host name cannot be resolved", async () => {
    const stage = await openHostileStage();
    const provider = PROVIDERS[vendor](stage.emulator, { endpoint: "https://nowhere.invalid" });
    const client = openClient({
      providers: [provider],
      clock: new HastyClock(),
      timeoutMs: TIMEOUT_MS,
      random: () => 0,
    });
    const error = await rejectionOf(client.records(RANGE).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ account: vendor, attempts: 5, retryable: true });
    expect(detailsOf(error).vendorCode).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    expect(error.message).toContain("nowhere.invalid");
    expect(stage.emulator.requests).toEqual([]);
  });
});

describe("a response that is larger than allowed", () => {
  const large = Buffer.from(JSON.stringify({ status: 0, reason: "0".repeat(3_000_000), data: null }));

  it.each([
    ["gzip", gzipSync(large)],
    ["br", brotliCompressSync(large)],
    ["deflate", deflateSync(large)],
    ["identity", large],
  ])("after it is decompressed from %s causes a ResponseError that names the limit", async (encoding, body) => {
    let requests = 0;
    const endpoint = await listen(
      createServer((_, response) => {
        requests += 1;
        response.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": encoding }).end(body);
      }),
    );
    const stage = await openHostileStage();
    const provider = itniotechAt(stage.emulator, { endpoint });
    const client = openClient({
      providers: [provider],
      clock: stage.clock,
      timeoutMs: TIMEOUT_MS,
      maxResponseBytes: 1_000_000,
    });
    const error = await rejectionOf(client.records(RANGE).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("maxResponseBytes");
    expect(requests).toBe(1);
  });
});

describe("Huawei's token service", () => {
  it.each(share(retryableFaults, 4))("is called again after one %s", async (kind) => {
    const stage = await openHostileStage();
    stage.emulator.inject(kind, { vendor: "huawei-cec", operation: "tokenByAkSk" });
    expectExactlyOnce(stage, "huawei-cec", await read(stage, "huawei-cec"));
    expect(requestsFor(stage.emulator, "tokenByAkSk")).toHaveLength(2);
  });

  it.each(share(retryableFaults, 4))(
    "is called at most five times with %s, because the attempts of the request do not multiply these",
    async (kind, errorClass, vendorCode) => {
      const stage = await openHostileStage();
      stage.emulator.inject(kind, { vendor: "huawei-cec", operation: "tokenByAkSk", times: Number.POSITIVE_INFINITY });
      const error = await rejectionOf(read(stage, "huawei-cec"));
      expect(error).toBeInstanceOf(errorClass);
      expect(error).toMatchObject({ account: "huawei-cec", attempts: 5, vendorCode });
      expect(stage.emulator.requests).toHaveLength(5);
    },
  );
});
