import { expect, it } from "vitest";
import { Simulation, type SimulatedProcess } from "./simulation.js";

const RATE = { requestsPerSecond: 20, concurrency: 20 };

/** Starts processes that are 1 ms away from Redis, and runs the work on their virtual clock. */
async function simulate<Result>(
  count: number,
  work: (simulation: Simulation, processes: SimulatedProcess[]) => Promise<Result>,
): Promise<Result> {
  const simulation = await Simulation.start();
  const processes = Array.from({ length: count }, (_, index) => simulation.addProcess(index * 1000, () => 1));
  try {
    return await simulation.run(work(simulation, processes));
  } finally {
    await simulation.close();
  }
}

/** Sends requests until the time is over, several at a time from each process. Returns the times at which they were sent, from the beginning. */
async function sendFor(simulation: Simulation, processes: SimulatedProcess[], durationMs: number): Promise<number[]> {
  const began = simulation.now();
  const sent: number[] = [];
  const worker = async (process: SimulatedProcess) => {
    for (;;) {
      const permit = await process.take("account", RATE);
      const isOver = simulation.now() - began > durationMs;
      if (!isOver) {
        permit.sent?.();
        sent.push(simulation.now() - began);
        await simulation.sleep(100);
        permit.responded({ sentAgoMs: 100 });
      }
      permit.release();
      if (isOver) return;
    }
  };
  await Promise.all(processes.flatMap((process) => Array.from({ length: 4 }, () => worker(process))));
  return sent;
}

const inSecond = (times: readonly number[], second: number) =>
  times.filter((time) => time >= second * 1000 && time < (second + 1) * 1000).length;

it("pauses all processes after a refusal, halves the rate, and recovers within seconds", async () => {
  const sent = await simulate(4, async (simulation, processes) => {
    const sending = sendFor(simulation, processes, 15_000);
    await simulation.sleep(3500);
    // Requests that were in flight together are refused together.
    for (const process of processes) process.slowDown("account", 2000);
    return sending;
  });
  // The first second of a new server is a pause, and then the rate is used in full.
  expect(inSecond(sent, 0)).toBe(0);
  expect(inSecond(sent, 2)).toBeGreaterThanOrEqual(18);
  // A few milliseconds pass until Redis and the others are informed.
  expect(sent.filter((time) => time >= 3510 && time < 5500)).toEqual([]);
  const next = sent.filter((time) => time >= 5500 && time < 6500).length;
  expect(next).toBeGreaterThanOrEqual(9);
  expect(next).toBeLessThanOrEqual(12);
  expect(inSecond(sent, 12)).toBeGreaterThanOrEqual(18);
});

it("pauses for a second after Redis has lost its state, and still counts the permits that are held", async () => {
  const { heldUntil, waits } = await simulate(2, async (simulation, [one, other]) => {
    const rate = { requestsPerSecond: 20, concurrency: 2 };
    const held = await one?.take("account", rate);
    held?.sent?.();
    await simulation.sleep(1000);
    await simulation.flush();
    const flushedAt = simulation.now();
    const since = () => simulation.now() - flushedAt;
    const grantedAfter = [0, 1].map(async () => {
      await other?.take("account", rate);
      return since();
    });
    await simulation.sleep(4000);
    const releasedAfter = since();
    held?.release();
    return { heldUntil: releasedAfter, waits: await Promise.all(grantedAfter) };
  });
  expect(waits[0]).toBeGreaterThanOrEqual(1000);
  expect(waits[0]).toBeLessThanOrEqual(1500);
  expect(waits[1]).toBeGreaterThanOrEqual(heldUntil);
  expect(waits[1]).toBeLessThanOrEqual(heldUntil + 100);
});

it("grants a permit to another process as soon as it is released, without a further command of the other", async () => {
  const { waitedMs, exchanges } = await simulate(2, async (simulation, [one, other]) => {
    const rate = { requestsPerSecond: 1000, concurrency: 1 };
    const held = await one?.take("account", rate);
    const next = other?.take("account", rate);
    await simulation.sleep(5000);
    const before = simulation.exchanges;
    const releasedAt = simulation.now();
    held?.release();
    await next;
    return { waitedMs: simulation.now() - releasedAt, exchanges: simulation.exchanges - before };
  });
  expect(waitedMs).toBeLessThanOrEqual(5);
  expect(exchanges).toBe(1);
});

it("gives the place of an aborted request to the next one", async () => {
  const grantedAfter = await simulate(2, async (simulation, [one, other]) => {
    const rate = { requestsPerSecond: 1, concurrency: 10 };
    const began =
      (await one?.take("account", rate).then((permit) => {
        permit.sent?.();
        permit.responded({ sentAgoMs: 0 });
        permit.release();
        return simulation.now();
      })) ?? Number.NaN;
    const abort = new AbortController();
    const reason = new Error("enough");
    const aborted = one?.take("account", rate, abort.signal).catch((error: unknown) => error);
    const next = other?.take("account", rate);
    await simulation.sleep(100);
    abort.abort(reason);
    expect(await aborted).toBe(reason);
    await next;
    return simulation.now() - began;
  });
  expect(grantedAfter).toBeGreaterThanOrEqual(1000);
  expect(grantedAfter).toBeLessThanOrEqual(1100);
});

it("serves a request that waited while its process was suspended and considered dead", async () => {
  const waitedMs = await simulate(2, async (simulation, [one, other]) => {
    const rate = { requestsPerSecond: 1000, concurrency: 1 };
    const held = await one?.take("account", rate);
    const next = other?.take("account", rate);
    await simulation.sleep(1000);
    other?.suspend(3000);
    await simulation.sleep(2000);
    // The exchange of the first process removes the request of the second one.
    one?.slowDown("account", 1);
    await simulation.sleep(2000);
    const releasedAt = simulation.now();
    held?.release();
    await next;
    return simulation.now() - releasedAt;
  });
  expect(waitedMs).toBeLessThanOrEqual(10);
});
