import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { CallRecordsClient } from "call-records";
import { startVendorEmulator } from "call-records/testing";
import { startExportService } from "../../examples/export-service/export-service.js";
import { startLiveServer } from "../../examples/live-calls/live-server.js";

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Options {
  host?: string;
  allowedHosts?: readonly string[];
}

async function openClient() {
  const emulator = await startVendorEmulator({ days: 1, callsPerDay: 0, activeCalls: 0 });
  const client = new CallRecordsClient({ providers: emulator.providers() });
  opened.push(
    () => emulator.close(),
    () => client.close(),
  );
  return { emulator, client };
}

const servers: readonly (readonly [
  string,
  string,
  (client: CallRecordsClient, options: Options) => Promise<{ url: string; close(): Promise<unknown> }>,
])[] = [
  ["live-calls", "/", (client, options) => startLiveServer(client, options)],
  ["live-calls", "/nothing", (client, options) => startLiveServer(client, options)],
  [
    "export-service",
    "/health",
    async (client, options) => {
      const service = await startExportService(client, options);
      return { url: service.url, close: () => service.close(0) };
    },
  ],
];

describe.each(servers)("the server of %s at the path %s", (_, path, start) => {
  async function open(options: Options = {}) {
    const { client, emulator } = await openClient();
    const server = await start(client, options);
    opened.push(() => server.close());
    const { port, hostname } = new URL(server.url);
    const send = async (headers: Record<string, string>) => {
      const sent = request({
        host: hostname === "0.0.0.0" ? "127.0.0.1" : hostname,
        port,
        path,
        headers,
        agent: false,
      });
      const response = await new Promise<IncomingMessage>((resolve, reject) =>
        sent.once("response", resolve).once("error", reject).end(),
      );
      return { status: response.statusCode, body: await text(response), type: response.headers["content-type"] };
    };
    return { send, port, emulator };
  }

  it.each([
    "evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.1",
    "169.254.169.254",
    "evil@127.0.0.1",
    "127.0.0.1@evil.example",
    "127.0.0.1/x",
    "[::2]",
    "xn--localhost",
    "0.0.0.0",
  ])("refuses the name %j", async (name) => {
    const { send, emulator } = await open();
    const { status, body } = await send({ host: name });
    expect(status).toBe(421);
    expect(body).toContain("The requested host is not a name of this server.");
    expect(emulator.requests).toEqual([]);
  });

  it("accepts the names of loopback, with any port and in any case", async () => {
    const { send, port } = await open();
    for (const name of [
      `127.0.0.1:${port}`,
      "127.0.0.1",
      "localhost",
      `LocalHost:${port}`,
      "localhost.",
      `[::1]:${port}`,
      "localhost:1",
    ])
      expect((await send({ host: name })).status, name).not.toBe(421);
  });

  it("accepts the configured names", async () => {
    const { send } = await open({ allowedHosts: ["calls.example", "2001:db8::1"] });
    for (const name of ["calls.example", "CALLS.example:8443", "[2001:db8::1]:80"])
      expect((await send({ host: name })).status, name).not.toBe(421);
    for (const name of ["x.calls.example", "evil.example"]) expect((await send({ host: name })).status, name).toBe(421);
  });

  it("accepts the address of the connection when it listens on all addresses, and no other name", async () => {
    const { send, port } = await open({ host: "0.0.0.0" });
    expect((await send({ host: `127.0.0.1:${port}` })).status).not.toBe(421);
    expect((await send({ host: "evil.example" })).status).toBe(421);
  });

  it("accepts requests of the page of this server, and refuses those of other sites", async () => {
    const { send, port } = await open();
    const host = `127.0.0.1:${port}`;
    for (const origin of ["https://evil.example", "http://127.0.0.1:1", "null", `http://localhost:${port}`, "file://"])
      expect((await send({ host, origin })).status, origin).toBe(403);
    expect((await send({ host, origin: `http://${host}` })).status).not.toBe(403);
  });
});
