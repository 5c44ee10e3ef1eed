import { afterEach, describe, expect, it, vi } from "vitest";
import { type CallRecordsClient, type ClientEvent, type Clock, ConfigurationError, TimeoutError } from "call-records";
import { systemClock } from "../../src/engine/account/system-clock.js";
import {
  daysAgo,
  HOUR,
  huaweiAt,
  itniotechAt,
  NOW,
  openClient,
  openEmulator,
  openStage,
  rejectionOf,
  tencentAt,
} from "./stage.js";
import { share } from "../search.js";

afterEach(() => {
  vi.restoreAllMocks();
});

const range = { from: daysAgo(20), to: daysAgo(3) };

/** Functions that make a client use the time of day of `read`, through the machine's clock or a custom clock. */
const WAYS: Record<string, (read: () => number) => Clock | undefined> = {
  "the machine's clock": (read) => {
    vi.spyOn(Date, "now").mockImplementation(read);
    return undefined;
  },
  "a custom clock": (read) => ({ now: read, sleep: (ms, signal) => systemClock.sleep(ms, signal) }),
};

describe.each(Object.keys(WAYS))("a time step of %s during a call", (way) => {
  it.each(share([-HOUR, HOUR], 1))("by %i ms neither delays requests nor ends the call", async (moveMs) => {
    let offset = NOW - Date.now();
    const real = Date.now.bind(Date);
    const clock = WAYS[way]?.(() => real() + offset);
    const emulator = await openEmulator({ days: 30, callsPerDay: 60 });
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [itniotechAt(emulator, { rate: { requestsPerSecond: 20, concurrency: 2 } })],
      timeoutMs: 20_000,
      ...(clock === undefined ? {} : { clock }),
      onEvent: (event) => {
        events.push(event);
        if (event.type === "request" && events.filter(({ type }) => type === "request").length === 4) offset += moveMs;
      },
    });
    const began = performance.now();
    const calls = await client.records({ ...range, totalTimeoutMs: 15_000 }).toArray({ max: 10_000 });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(calls.length).toBeGreaterThan(700);
    const requests = events.filter((event) => event.type === "request");
    expect(requests.length).toBeGreaterThan(8);
    for (const { durationMs } of requests) {
      expect(durationMs).toBeGreaterThanOrEqual(0);
      expect(durationMs).toBeLessThan(10_000);
    }
  });

  it.each(share([-HOUR, HOUR], 1))(
    "by %i ms does not prevent `totalTimeoutMs` from ending the call",
    async (moveMs) => {
      let offset = NOW - Date.now();
      const real = Date.now.bind(Date);
      const clock = WAYS[way]?.(() => real() + offset);
      const emulator = await openEmulator({ days: 30, callsPerDay: 60 });
      const client = openClient({
        providers: [itniotechAt(emulator, { rate: { requestsPerSecond: 5, concurrency: 1 } })],
        ...(clock === undefined ? {} : { clock }),
        onEvent: ({ type }) => {
          if (type === "request" && offset < NOW - real() + 1000 && offset > NOW - real() - 1000) offset += moveMs;
        },
      });
      const began = performance.now();
      expect(
        await rejectionOf(client.records({ ...range, totalTimeoutMs: 700 }).toArray({ max: 10_000 })),
      ).toBeInstanceOf(TimeoutError);
      expect(performance.now() - began).toBeGreaterThan(650);
      expect(performance.now() - began).toBeLessThan(4000);
    },
  );
});

const ticking = { ms: NOW };

describe.each([
  ["does not advance", () => NOW],
  ["advances between sleeps, and not during them", () => (ticking.ms += 0.01)],
])("a clock that %s", (_name, now) => {
  const operations: [string, (client: CallRecordsClient) => Promise<unknown>][] = [
    ["records", (client) => client.records(range).toArray({ max: 100_000 })],
    ["sync", (client) => client.sync({ from: range.from, checkpoint: null }).forEach(() => Promise.resolve())],
    ["usage", (client) => client.usage(range)],
    ["activeCalls", (client) => client.activeCalls()],
    [
      "findCall",
      (client) => client.findCall({ account: "tencent-ccc", sessionId: "0cf5be1b-de75-4445-a0c4-8dff3fa4b68b" }),
    ],
    ["probe", (client) => client.probe("itniotech")],
  ];

  it.each(share(operations, 2))("makes %s fail with an error that states the rules for clocks", async (_, run) => {
    const { emulator } = await openStage({ emulator: { days: 30, callsPerDay: 60 } });
    const clock: Clock = { now, sleep: () => Promise.resolve() };
    const client = openClient({ providers: [tencentAt(emulator), huaweiAt(emulator), itniotechAt(emulator)], clock });
    const error = await rejectionOf(run(client));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("option `clock`");
    expect(error.message).toContain("`sleep(ms)`");
    expect(emulator.requests.length).toBeLessThan(60);
  });
});
