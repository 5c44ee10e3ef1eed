import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LinkedAbort, withTimeLimit } from "../../src/engine/account/abort.js";
import { systemClock } from "../../src/engine/account/system-clock.js";
import { HttpTransport } from "../../src/engine/http/http-transport.js";
import { TimeoutError } from "call-records";
import { rejectionOf } from "../client/stage.js";

/** Responds to `/large` and `/small` at once, and never to `/never`. It runs in a thread that stays active while this one is busy. */
const SERVER = `
  const { createServer } = require("node:http");
  const { parentPort } = require("node:worker_threads");
  const server = createServer((request, response) => {
    if (request.url === "/never") return;
    response.end("x".repeat(request.url === "/large" ? 3_000_000 : 10));
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

let worker: Worker;
let origin: string;
const transport = new HttpTransport({ maxResponseBytes: 10_000_000, timeoutMs: 1000 });

beforeAll(async () => {
  worker = new Worker(SERVER, { eval: true });
  origin = await new Promise<string>((resolve) =>
    worker.once("message", (port: number) => {
      resolve(`http://127.0.0.1:${port}`);
    }),
  );
  await send("/small", 5000);
});
afterAll(async () => {
  transport.close();
  await worker.terminate();
});

/** Blocks the thread. */
function block(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

function send(path: string, timeoutMs: number): Promise<string> {
  const abort = new LinkedAbort();
  const late = () => {
    abort.abort(new TimeoutError("Too late."));
  };
  const request = { method: "GET", url: `${origin}${path}`, headers: {}, body: null } as const;
  return withTimeLimit(systemClock, timeoutMs, late, async () => (await transport.send(request, abort.signal)).text);
}

describe("a response that is received while the process is busy", () => {
  it.each(["/small", "/large"])("is read, however long the process was busy: %s", async (path) => {
    const sending = send(path, 150);
    // The request is sent.
    await new Promise((resolve) => setTimeout(resolve, 20));
    block(500);
    expect((await sending).length).toBe(path === "/small" ? 10 : 3_000_000);
  });

  it("is read if the process was busy repeatedly", { tags: ["slow"] }, async () => {
    for (let time = 0; time < 3; time += 1) {
      const sending = send("/large", 100);
      block(150);
      await new Promise((resolve) => setImmediate(resolve));
      block(150);
      expect((await sending).length).toBe(3_000_000);
    }
  });
});

describe("a missing response", () => {
  it("causes a TimeoutError in time", async () => {
    const began = performance.now();
    expect(await rejectionOf(send("/never", 200))).toBeInstanceOf(TimeoutError);
    expect(performance.now() - began).toBeGreaterThanOrEqual(199);
  });

  it("causes a TimeoutError after the process was busy", async () => {
    const sending = rejectionOf(send("/never", 100));
    block(300);
    expect(await sending).toBeInstanceOf(TimeoutError);
  });
});
