import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openEmulator, rejectionOf } from "../client/stage.js";
import { AUTHORITY, certificateOf } from "./certificates.js";
import { listen } from "./listening.js";
import { RANGE } from "./range.js";
import { isolateEnvironment, openClientOf, until } from "./vendors.js";

isolateEnvironment();
const emulator = await openEmulator({ days: 6, callsPerDay: 12 });

const serve = async (response: RequestListener) => {
  const server = await listen(createServer(response));
  return { ...server, endpoint: `http://127.0.0.1:${server.port}` };
};
const EMPTY = JSON.stringify({ status: 0, data: { total: 0, records: [] } });

describe("a vendor that is reached directly", () => {
  it("over https on loopback is trusted through `ca`, and its connection is kept alive", async () => {
    const server = await listen(createSecureServer(certificateOf("proxy"), (_, response) => response.end(EMPTY)));
    const { client, read } = openClientOf("itniotech", emulator, { ca: AUTHORITY }, `https://localhost:${server.port}`);
    for (let round = 0; round < 20; round += 1) await read();
    expect(server.accepted()).toBeLessThanOrEqual(2);
    await client.close();
    await until(() => server.sockets.size === 0);
    const withoutCa = openClientOf("itniotech", emulator, {}, `https://localhost:${server.port}`);
    expect(await rejectionOf(withoutCa.read())).toMatchObject({
      code: "network",
      vendorCode: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
  });

  it("may send a byte order mark and a compressed body", async () => {
    const { endpoint } = await serve((_, response) =>
      response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(`\uFEFF${EMPTY}`)),
    );
    expect(await openClientOf("itniotech", emulator, {}, endpoint).read()).toEqual([]);
  });

  it("is disconnected when it sends more than allowed, compressed or not", async () => {
    for (const compress of [true, false]) {
      const text = JSON.stringify({ status: 0, data: { total: 0, records: [], more: "x".repeat(2_000_000) } });
      const server = await serve((_, response) => {
        // The response never ends.
        if (compress) response.writeHead(200, { "Content-Encoding": "gzip" }).write(gzipSync(text));
        else response.writeHead(200).write(text);
      });
      const { read } = openClientOf("itniotech", emulator, { maxResponseBytes: 100_000 }, server.endpoint);
      expect(await rejectionOf(read())).toMatchObject({
        code: "response",
        message: expect.stringContaining("`maxResponseBytes`") as string,
      });
      await until(() => server.sockets.size === 0);
    }
  });

  it("that closes the connection in the middle of its response causes a NetworkError", async () => {
    for (const headers of [{}, { "Content-Encoding": "gzip" }]) {
      const { endpoint } = await serve((_, response) => {
        response
          .writeHead(200, { "Content-Length": 5000, ...headers })
          .write(gzipSync(EMPTY), () => response.destroy());
      });
      expect(await rejectionOf(openClientOf("itniotech", emulator, {}, endpoint).read())).toMatchObject({
        code: "network",
        retryable: true,
      });
    }
  });

  it("has no open connection after an operation is aborted in the middle of its response", async () => {
    let started = 0;
    const server = await serve((_, response) => {
      started += 1;
      response.writeHead(200).write("{");
    });
    const { client } = openClientOf("itniotech", emulator, {}, server.endpoint);
    const abort = new AbortController();
    const outcome = rejectionOf(client.records({ ...RANGE, signal: abort.signal }).toArray({ max: 1 }));
    await until(() => started === 1);
    abort.abort();
    expect(await outcome).toMatchObject({ code: "aborted" });
    await until(() => server.sockets.size === 0);
  });
});
