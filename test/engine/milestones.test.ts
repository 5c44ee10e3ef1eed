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

function noted(): { passed: string[]; observer: TransportObserver; until: (milestone: string) => Promise<void> } {
  const passed: string[] = [];
  const waiting = new Map<string, () => void>();
  const pass = (milestone: string) => {
    passed.push(milestone);
    waiting.get(milestone)?.();
  };
  return {
    passed,
    observer: {
      sent: () => {
        pass("sent");
      },
      responded: () => {
        pass("answered");
      },
    },
    until: (milestone) =>
      passed.includes(milestone) ? Promise.resolve() : new Promise((resolve) => waiting.set(milestone, resolve)),
  };
}

it("a request is told of when it has left, and when the head of its answer has come", async () => {
  const asked: ServerResponse[] = [];
  const server = createServer((incoming, response) => {
    incoming.resume();
    asked.push(response);
  });
  const { port } = await listen(server);
  const { passed, observer, until } = noted();
  const response = transport.send(
    { method: "POST", url: `http://127.0.0.1:${port}/`, headers: {}, body: "{}" },
    never,
    observer,
  );
  await once(server, "request");
  await until("sent");
  expect(passed).toEqual(["sent"]);
  asked[0]?.write("{");
  await until("answered");
  expect(passed).toEqual(["sent", "answered"]);
  asked[0]?.end("}");
  expect((await response).text).toBe("{}");
  expect(passed).toEqual(["sent", "answered"]);
});

it("a request that waits for its connection has not left", async () => {
  const server = createTcpServer();
  // Takes connections, and never says hello.
  const { port } = await listen(server);
  const { passed, observer } = noted();
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
