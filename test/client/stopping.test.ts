import { describe, expect, it } from "vitest";
import { AbortedError, RequestError, TimeoutError } from "call-records";
import { daysAgo, openClient, openStage, rejectionOf, type Stage } from "./stage.js";

const range = { from: daysAgo(78), to: daysAgo(4) };
/** A history with many more pages than are read ahead. */
const many = { emulator: { days: 80, callsPerDay: 40 } };

/** Waits until requests in flight have arrived, and any wrong later ones as well. */
async function turns(count = 60): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Returns the number of requests that arrive after those in flight. It waits at most 20 times, because a faulty client may never stop sending. */
async function requestsAfter({ emulator }: Stage): Promise<number> {
  let before = -1;
  for (let wait = 0; wait < 20 && before !== emulator.requests.length; wait += 1) {
    before = emulator.requests.length;
    await turns(30);
  }
  before = emulator.requests.length;
  await turns();
  return emulator.requests.length - before;
}

/** Returns the number of requests that a stream reports as sent. */
const sentBy = (stream: { report(): { accounts: { requests: number }[] } }) =>
  stream.report().accounts.reduce((sum, { requests }) => sum + requests, 0);

describe("leaving a loop over records", () => {
  it("stops the requests", async () => {
    const stage = await openStage(many);
    const stream = stage.client.records(range);
    let read = 0;
    for await (const record of stream) {
      read += record.id === "" ? 0 : 1;
      if (read === 10) break;
    }
    const sent = sentBy(stream);
    expect(await requestsAfter(stage)).toBe(0);
    expect(sentBy(stream)).toBe(sent);
    expect(stage.emulator.requests.length).toBeLessThanOrEqual(sent);
    expect(stream.report().accounts.map(({ status }) => status)).toEqual(["partial", "partial", "partial"]);
    expect(stream.report().accounts.every(({ error }) => error === undefined)).toBe(true);
  });

  it("in time order stops the requests too", { tags: ["slow"] }, async () => {
    const stage = await openStage(many);
    for await (const batch of stage.client.records({ ...range, order: "time" }).batches(3)) if (batch.length > 0) break;
    expect(await requestsAfter(stage)).toBe(0);
  });

  it("with an error throws that same error", async () => {
    const stage = await openStage(many);
    const mine = new RangeError("mine");
    const loop = async () => {
      for await (const record of stage.client.records(range)) if (record.id !== "") throw mine;
    };
    expect(await rejectionOf(loop())).toBe(mine);
    expect(await requestsAfter(stage)).toBe(0);
  });
});

describe("a consumer that pauses", () => {
  it("limits how far the client reads ahead", async () => {
    const stage = await openStage(many);
    const iterator = stage.client.records({ ...range, accounts: ["itniotech"] })[Symbol.asyncIterator]();
    await iterator.next();
    await turns(150);
    const ahead = stage.emulator.requests.length;
    // At most 2,000 rows are buffered, and each concurrent request may add one page.
    expect(ahead).toBeLessThanOrEqual(30);
    await turns(50);
    expect(stage.emulator.requests.length).toBe(ahead);
    await iterator.return(undefined);
  });
});

describe("a signal", () => {
  it("that is already aborted prevents all requests", async () => {
    const stage = await openStage(many);
    const signal = AbortSignal.abort();
    for (const call of [
      stage.client.records({ ...range, signal }).toArray({ max: 1 }),
      stage.client.usage({ ...range, signal }),
      stage.client.activeCalls({ signal }),
    ]) {
      const error = await rejectionOf(call);
      expect(error).toBeInstanceOf(AbortedError);
      expect(error).toMatchObject({ code: "aborted" });
    }
    expect(stage.emulator.requests).toEqual([]);
  });

  it("that is aborted during a call rejects it, and no request follows", async () => {
    const stage = await openStage({ ...many, emulator: { ...many.emulator, latencyMs: 5 } });
    const controller = new AbortController();
    const stream = stage.client.records({ ...range, signal: controller.signal });
    const loop = async () => {
      let read = 0;
      for await (const record of stream)
        if (record.id !== "" && (read += 1) === 300) controller.abort(new Error("my reason"));
    };
    const error = await rejectionOf(loop());
    expect(error).toBeInstanceOf(AbortedError);
    const sent = sentBy(stream);
    expect(await requestsAfter(stage)).toBe(0);
    expect(sentBy(stream)).toBe(sent);
    expect(stage.emulator.requests.length).toBeLessThanOrEqual(sent);
    expect(stream.report().accounts.map(({ status }) => status)).not.toContain("complete");
    expect(stream.report().accounts.every(({ gaps }) => gaps.some(({ reason }) => reason === "stopped"))).toBe(true);
  });

  it("that is aborted while a response is pending rejects the call at once", async () => {
    const stage = await openStage({ emulator: { days: 10, callsPerDay: 10, latencyMs: 60_000 } });
    const controller = new AbortController();
    const calls = [
      stage.client.records({ from: daysAgo(8), to: daysAgo(4), signal: controller.signal }).toArray({ max: 100 }),
      stage.client.usage({ from: daysAgo(8), to: daysAgo(4), signal: controller.signal }),
      stage.client.activeCalls({ signal: controller.signal }),
      stage.client.findCall({ account: "tencent-ccc", sessionId: "x", signal: controller.signal }),
    ].map(rejectionOf);
    while (stage.emulator.requests.length < 4) await turns(1);
    controller.abort();
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(AbortedError);
    expect(await requestsAfter(stage)).toBe(0);
  });

  it("aborts only its own call", async () => {
    const stage = await openStage({ emulator: { days: 10, callsPerDay: 20, latencyMs: 20 } });
    const controller = new AbortController();
    const aborted = rejectionOf(
      stage.client.records({ from: daysAgo(8), to: daysAgo(4), signal: controller.signal }).toArray({ max: 10_000 }),
    );
    const other = stage.client.records({ from: daysAgo(8), to: daysAgo(4) }).toArray({ max: 10_000 });
    while (stage.emulator.requests.length < 2) await turns(1);
    controller.abort();
    expect(await aborted).toBeInstanceOf(AbortedError);
    expect((await other).length).toBeGreaterThan(100);
  });
});

describe("a total time-out", () => {
  it("rejects the call with a TimeoutError that names it", async () => {
    const stage = await openStage({ emulator: { days: 10, callsPerDay: 10, latencyMs: 60_000 } });
    const call = rejectionOf(
      stage.client.records({ from: daysAgo(8), to: daysAgo(4), totalTimeoutMs: 5000 }).toArray({ max: 100 }),
    );
    while (stage.emulator.requests.length < 3) await turns(1);
    stage.clock.advance(5000);
    const error = await call;
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toContain("`totalTimeoutMs` of 5000 ms");
  });

  it("does not run while the consumer is busy", async () => {
    const stage = await openStage({ emulator: { days: 10, callsPerDay: 10 } });
    let read = 0;
    for await (const batch of stage.client
      .records({ from: daysAgo(8), to: daysAgo(4), totalTimeoutMs: 5000 })
      .batches(10)) {
      read += batch.length;
      stage.clock.advance(4000);
    }
    expect(read).toBeGreaterThan(60);
  });
});

describe("closing the client", () => {
  it("rejects calls in progress with an AbortedError, and no request follows", async () => {
    const stage = await openStage({ emulator: { days: 10, callsPerDay: 10, latencyMs: 60_000 } });
    const { client } = stage;
    const calls = [
      client.records({ from: daysAgo(8), to: daysAgo(4) }).toArray({ max: 100 }),
      client.usage({ from: daysAgo(8), to: daysAgo(4) }),
      client.activeCalls(),
      client.findCall({ account: "tencent-ccc", sessionId: "x" }),
    ].map(rejectionOf);
    while (stage.emulator.requests.length < 4) await turns(1);
    await client.close();
    for (const error of await Promise.all(calls)) {
      expect(error).toBeInstanceOf(AbortedError);
      expect(error.message).toContain("closed");
    }
    expect(await requestsAfter(stage)).toBe(0);
  });

  it("at the end of a block stops the calls that the block started", async () => {
    const { emulator } = await openStage({ emulator: { days: 10, callsPerDay: 10, latencyMs: 60_000 } });
    let call: Promise<Error>;
    {
      await using client = openClient({ providers: emulator.providers() });
      call = rejectionOf(client.records({ from: daysAgo(8), to: daysAgo(4) }).toArray({ max: 100 }));
      while (emulator.requests.length < 2) await turns(1);
    }
    expect(await call).toBeInstanceOf(AbortedError);
    {
      await using client = openClient({ providers: emulator.providers() });
      // The block closes it once more.
      await Promise.all([client.close(), client.close()]);
      expect(() => client.records({ from: daysAgo(8), to: daysAgo(4) })).toThrow("The client was closed.");
    }
  });

  it("makes later calls fail without any request, and can be repeated", async () => {
    const stage = await openStage({ emulator: { days: 1 } });
    const { client } = stage;
    const unread = client.records({ from: daysAgo(1), to: daysAgo(0) });
    await client.close();
    await client.close();
    expect(() => client.records({ from: daysAgo(1), to: daysAgo(0) })).toThrow(RequestError);
    for (const call of [
      client.usage({ from: daysAgo(1), to: daysAgo(0) }),
      client.activeCalls(),
      client.findCall({ account: "tencent-ccc", sessionId: "x" }),
    ]) {
      const error = await rejectionOf(call);
      expect(error).toBeInstanceOf(RequestError);
      expect(error.message).toContain("closed");
    }
    expect(await rejectionOf(unread.toArray({ max: 1 }))).toBeInstanceOf(AbortedError);
    expect(stage.emulator.requests).toEqual([]);
  });
});
