import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AbortedError, MemoryCheckpointStore } from "call-records";
import { daysAgo, openStage, rejectionOf } from "./stage.js";

const range = { from: daysAgo(12), to: daysAgo(4) };
const listenersOf = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

const warnings: string[] = [];
const note = (warning: Error) => warnings.push(warning.name);
beforeEach(() => {
  warnings.length = 0;
  process.on("warning", note);
});
afterEach(() => {
  process.off("warning", note);
});

describe("a signal that is passed to many calls", () => {
  it("has one listener, causes no warning, and aborts all of them", { tags: ["slow"] }, async () => {
    const { client } = await openStage({ emulator: { days: 20, callsPerDay: 6 } });
    const controller = new AbortController();
    const { signal } = controller;
    const iterators = Array.from({ length: 30 }, () => client.records({ ...range, signal })[Symbol.asyncIterator]());
    await Promise.all(iterators.map((iterator) => iterator.next()));
    await setImmediate();
    expect(warnings).toEqual([]);
    expect(listenersOf(signal)).toBe(1);
    const endings = iterators.map(async (iterator) => {
      while ((await iterator.next()).done !== true);
    });
    controller.abort();
    for (const ending of endings) expect(await rejectionOf(ending)).toBeInstanceOf(AbortedError);
    expect(listenersOf(signal)).toBe(0);
  });

  it("has no listener after sequential calls have ended", async () => {
    const { client } = await openStage({ emulator: { days: 20, callsPerDay: 6 } });
    const { signal } = new AbortController();
    for (let round = 0; round < 3; round += 1) {
      await client.records({ ...range, signal }).toArray({ max: 10_000 });
      await client.activeCalls({ signal });
      await client.usage({ ...range, signal });
    }
    expect(listenersOf(signal)).toBe(0);
  });
});

describe("an abandoned iterator", () => {
  it("has no listener on its signal after the client is closed", async () => {
    const { client } = await openStage({ emulator: { days: 20, callsPerDay: 6 } });
    const { signal } = new AbortController();
    const abandoned = [
      client.records({ ...range, signal })[Symbol.asyncIterator](),
      client.records({ ...range, signal, order: "time" })[Symbol.asyncIterator](),
    ];
    for (const iterator of abandoned) await iterator.next();
    const sync = client.sync({ from: range.from, store: new MemoryCheckpointStore(), signal })[Symbol.asyncIterator]();
    await sync.next();
    expect(listenersOf(signal)).toBe(1);
    await client.close();
    expect(listenersOf(signal)).toBe(0);
  });
});
