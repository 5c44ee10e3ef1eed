import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { afterAll, expect, it } from "vitest";
import { HttpTransport } from "../../src/engine/http/http-transport.js";
import type { TransportObserver } from "../../src/engine/http/transport.js";
import { listen } from "../proxy/listening.js";

const transport = new HttpTransport({ maxResponseBytes: 1000, timeoutMs: 1000 });
afterAll(() => {
  transport.close();
});
const never = new AbortController().signal;

function recordEvents(): { passed: string[]; observer: TransportObserver; until: (event: string) => Promise<void> } {
  const passed: string[] = [];
  const waiting = new Map<string, () => void>();
  const pass = (event: string) => {
    passed.push(event);
    waiting.get(event)?.();
  };
  return {
    passed,
    observer: {
      sent: () => {
        pass("sent");
      },
      responded: () => {
        pass("responded");
      },
    },
    until: (event) =>
      passed.includes(event) ? Promise.resolve() : new Promise((resolve) => waiting.set(event, resolve)),
  };
}

it("reports when a request is sent, and when the headers of its response are received", async () => {
  const responses: ServerResponse[] = [];
  const server = createServer((incoming, response) => {
    incoming.resume();
    responses.push(response);
  });
  const { port } = await listen(server);
  const { passed, observer, until } = recordEvents();
  const response = transport.send(
    { method: "POST", url: `http://127.0.0.1:${port}/`, headers: {}, body: "{}" },
    never,
    observer,
  );
  await once(server, "request");
  await until("sent");
  expect(passed).toEqual(["sent"]);
  responses[0]?.write("{");
  await until("responded");
  expect(passed).toEqual(["sent", "responded"]);
  responses[0]?.end("}");
  expect((await response).text).toBe("{}");
  expect(passed).toEqual(["sent", "responded"]);
});

it("does not report a request as sent while it waits for its connection", async () => {
  const server = createTcpServer();
  // Accepts connections, and never continues the TLS handshake.
  const { port } = await listen(server);
  const { passed, observer } = recordEvents();
  const abort = new AbortController();
  const sending = transport.send(
    { method: "GET", url: `https://127.0.0.1:${port}/`, headers: {}, body: null },
    abort.signal,
    observer,
  );
  const [socket] = (await once(server, "connection")) as [NodeJS.ReadableStream];
  await once(socket, "data");
  abort.abort(new Error("enough"));
  await expect(sending).rejects.toThrow("enough");
  expect(passed).toEqual([]);
});
