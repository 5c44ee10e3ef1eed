import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { CallRecordsClient } from "call-records";
import { extent } from "../search.js";
import { daysAgo, huaweiAt, itniotechAt, ManualClock, openEmulator, tencentAt } from "../client/stage.js";

const range = { from: daysAgo(9), to: daysAgo(4) };

/** Counts the resources that keep this process alive, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Waits for turns of the event loop, so that sockets that one end closed also close at the other end. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("many consecutive streams on one client and one signal", () => {
  const warnings: Error[] = [];
  const recordWarning = (warning: Error) => {
    warnings.push(warning);
  };
  process.on("warning", recordWarning);
  afterEach(() => {
    process.off("warning", recordWarning);
  });

  it("leave no listener, no timer and no additional socket open", { timeout: 30_000 }, async () => {
    const emulator = await openEmulator({ days: 10, callsPerDay: 3 });
    const clock = new ManualClock();
    const client = new CallRecordsClient({
      providers: [tencentAt(emulator), huaweiAt(emulator), itniotechAt(emulator)],
      clock,
    });
    const controller = new AbortController();
    const before = resources();
    let mostSockets = 0;
    const consumers: ((stream: ReturnType<typeof client.records>) => Promise<unknown>)[] = [
      (stream) => stream.toArray({ max: 1000 }),
      async (stream) => {
        for await (const call of stream) if (call.id !== "") break;
      },
      async (stream) => {
        for await (const batch of stream.batches(2)) if (batch.length > 0) throw new Error("The consumer failed.");
      },
      (stream) => stream[Symbol.asyncIterator]().return(),
    ];
    for (let turn = 0; turn < extent(60, 300); turn += 1) {
      const stream = client.records({
        ...range,
        signal: controller.signal,
        order: turn % 2 === 0 ? "arrival" : "time",
        totalTimeoutMs: 60_000,
      });
      await consumers[turn % consumers.length]?.(stream).catch(() => undefined);
      mostSockets = Math.max(mostSockets, resources().TCPSocketWrap ?? 0);
    }
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect(clock.waiting).toBe(0);
    // Kept-alive connections are reused. Each concurrent request has one connection, and both of its ends are in this process.
    expect(mostSockets).toBeLessThanOrEqual(2 * (20 + 4 + 4) + (before.TCPSocketWrap ?? 0));
    await client.close();
    await turns(200);
    expect(resources().Timeout ?? 0).toBeLessThanOrEqual(before.Timeout ?? 0);
    expect(resources().TCPSocketWrap ?? 0).toBeLessThanOrEqual(before.TCPSocketWrap ?? 0);
    expect(warnings).toEqual([]);
  });
});
