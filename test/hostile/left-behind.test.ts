import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { CallRecordsClient } from "call-records";
import { daysAgo, huaweiAt, itniotechAt, ManualClock, openEmulator, tencentAt } from "../client/stage.js";

const range = { from: daysAgo(9), to: daysAgo(4) };

/** What keeps this process alive, by its kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Lets sockets that have been closed on one end close on the other. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("hundreds of streams in turn, on one client and one signal", () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => {
    warnings.push(warning);
  };
  process.on("warning", note);
  afterEach(() => {
    process.off("warning", note);
  });

  it("leave no listener, no timer and no further socket behind", { timeout: 30_000 }, async () => {
    const emulator = await openEmulator({ days: 10, callsPerDay: 3 });
    const clock = new ManualClock();
    const client = new CallRecordsClient({
      providers: [tencentAt(emulator), huaweiAt(emulator), itniotechAt(emulator)],
      clock,
    });
    const controller = new AbortController();
    const before = resources();
    let mostSockets = 0;
    const ways: ((stream: ReturnType<typeof client.records>) => Promise<unknown>)[] = [
      (stream) => stream.toArray({ max: 1000 }),
      async (stream) => {
        for await (const call of stream) if (call.id !== "") break;
      },
      async (stream) => {
        for await (const batch of stream.batches(2)) if (batch.length > 0) throw new Error("mine");
      },
      (stream) => stream[Symbol.asyncIterator]().return(),
    ];
    for (let turn = 0; turn < 300; turn += 1) {
      const stream = client.records({
        ...range,
        signal: controller.signal,
        order: turn % 2 === 0 ? "arrival" : "time",
        totalTimeoutMs: 60_000,
      });
      await ways[turn % ways.length]?.(stream).catch(() => undefined);
      mostSockets = Math.max(mostSockets, resources().TCPSocketWrap ?? 0);
    }
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect(clock.waiting).toBe(0);
    // Kept-alive connections are used again: one for each request that may be under way, and its other end, which is in this process too.
    expect(mostSockets).toBeLessThanOrEqual(2 * (20 + 4 + 4) + (before.TCPSocketWrap ?? 0));
    await client.close();
    await turns(200);
    expect(resources().Timeout ?? 0).toBeLessThanOrEqual(before.Timeout ?? 0);
    expect(resources().TCPSocketWrap ?? 0).toBeLessThanOrEqual(before.TCPSocketWrap ?? 0);
    expect(warnings).toEqual([]);
  });
});
