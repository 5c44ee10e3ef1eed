import { createServer, type ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { HttpTransport } from "../../src/engine/http/http-transport.js";
import { withTimeLimit } from "../../src/engine/account/abort.js";
import { engineClockOf } from "../../src/engine/account/engine-clock.js";
import { serve, written } from "./scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE, rejectionOf } from "./stage.js";
import { AbortedError, tencentCcc } from "call-records";

const MEGABYTE = 1_048_576;
const BODY = Buffer.from(JSON.stringify({ text: "a".repeat(4 * MEGABYTE) }));
const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };

/** @param together the number of requests that the server waits for before it responds to them. */
async function withServer<Result>(together: number, use: (url: string) => Promise<Result>): Promise<Result> {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    waiting.push(response);
    if (waiting.length === together) for (const one of waiting.splice(0)) one.end(BODY);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  try {
    return await use(`http://127.0.0.1:${address.port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it("makes large responses wait for each other, and returns all of them", { tags: ["slow"] }, async () => {
  const transport = new HttpTransport({
    timeoutMs: 30_000,
    maxResponseBytes: 32 * MEGABYTE,
    maxInFlightBytes: 6 * MEGABYTE,
  });
  let [now, most, held] = [0, 0, 0];
  const texts = await withServer(12, (url) =>
    Promise.all(
      Array.from({ length: 12 }, async () => {
        const isHeld = { now: false };
        const { text } = await transport.send(
          { method: "GET", url, headers: {}, body: null },
          new AbortController().signal,
          {
            sent: () => undefined,
            responded: () => undefined,
            held: () => {
              isHeld.now = true;
              now += 1;
              held += 1;
              most = Math.max(most, now);
            },
            resumed: () => {
              isHeld.now = false;
              now -= 1;
            },
          },
        );
        expect(isHeld.now).toBe(false);
        return text.length;
      }),
    ),
  );
  transport.close();
  expect(texts).toEqual(Array.from({ length: 12 }, () => BODY.length));
  expect(held).toBeGreaterThan(0);
  expect(most).toBeGreaterThanOrEqual(8);
});

it("sends no request whose response would have to wait, and reports it as held", async () => {
  const transport = new HttpTransport({
    timeoutMs: 30_000,
    maxResponseBytes: 32 * MEGABYTE,
    maxInFlightBytes: MEGABYTE,
  });
  await withServer(1, async (url) => {
    const request = { method: "GET" as const, url, headers: {}, body: null };
    const order: string[] = [];
    const sending = (name: string, onHeld: () => void) =>
      transport.send(request, new AbortController().signal, {
        sent: () => order.push(`${name} sent`),
        responded: () => undefined,
        held: () => {
          order.push(`${name} held`);
          onHeld();
        },
        resumed: () => order.push(`${name} resumed`),
      });
    const late: Promise<unknown>[] = [];
    // One more request starts once one response waits for the other.
    const bodyWaits = () => {
      if (late.length === 0) late.push(sending("late", () => undefined));
    };
    const texts = await Promise.all([sending("first", bodyWaits), sending("second", bodyWaits)]);
    expect(texts.map(({ text }) => text.length)).toEqual([BODY.length, BODY.length]);
    await Promise.all(late);
    expect(order.filter((entry) => entry.startsWith("late")).slice(0, 3)).toEqual([
      "late held",
      "late resumed",
      "late sent",
    ]);
  });
  transport.close();
});

it("ends a waiting response as soon as it is aborted, and releases its bytes", async () => {
  const transport = new HttpTransport({
    timeoutMs: 30_000,
    maxResponseBytes: 32 * MEGABYTE,
    maxInFlightBytes: MEGABYTE,
  });
  await withServer(1, async (url) => {
    const ending = new AbortController();
    const reason = new AbortedError("enough");
    const request = { method: "GET" as const, url, headers: {}, body: null };
    const observer = {
      sent: () => undefined,
      responded: () => undefined,
      held: () => {
        ending.abort(reason);
      },
      resumed: () => undefined,
    };
    const first = transport.send(request, new AbortController().signal);
    const others = Array.from({ length: 3 }, () => rejectionOf(transport.send(request, ending.signal, observer)));
    for (const other of others) expect(await other).toBe(reason);
    expect((await first).text).toHaveLength(BODY.length);
    expect((await transport.send(request, new AbortController().signal)).text).toHaveLength(BODY.length);
  });
  transport.close();
});

it("reads all calls if each response is larger than `maxInFlightBytes`", async () => {
  const rows = Array.from({ length: 60_000 }, () => ({}));
  const body = written(
    JSON.stringify({
      Response: {
        TotalCount: 1,
        TelCdrs: [{ SessionId: "call-1", StartTimestamp: (NOW - 19.5 * DAY) / 1000 }],
        More: [...rows, "a".repeat(2 * MEGABYTE)],
        RequestId: "r",
      },
    }),
  );
  const endpoint = await serve(() => ({ body }));
  const provider = tencentCcc({
    secretId: "key-of-tencent",
    secretKey: "secret-of-tencent",
    sdkAppIds: [1, 2, 3, 4, 5, 6],
    endpoint,
    rate: { ...RATE, concurrency: 20 },
  });
  const client = openClient({ providers: [provider], clock: new ManualClock(), maxInFlightBytes: 1000 });
  const calls = await client.records(range).toArray({ max: 10 });
  expect(calls.map(({ application }) => application).sort()).toEqual(["1", "2", "3", "4", "5", "6"]);
});

it("does not count the time that it is held by the limit towards the time-out", async () => {
  const clock = new ManualClock();
  let [held, late] = [0, false];
  let finish: () => void = () => undefined;
  const work = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const limited = withTimeLimit(
    engineClockOf(clock),
    1000,
    () => {
      late = true;
    },
    () => work,
    undefined,
    () => held,
  );
  const turns = async () => {
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  held = 700;
  clock.advance(1000);
  await turns();
  expect(late).toBe(false);
  clock.advance(699);
  await turns();
  expect(late).toBe(false);
  clock.advance(1);
  await turns();
  expect(late).toBe(true);
  finish();
  await limited;
});
