import { setMaxListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RatePermit } from "call-records";
import { LocalRateLimiter } from "../../../src/engine/account/rate-limiter.js";
import { VirtualClock } from "../../engine/virtual-clock.js";
import { extent } from "../../search.js";
import { Simulation, type SimulatedProcess } from "./simulation.js";

const never = new AbortController().signal;
setMaxListeners(0, never);
const NUM_RUNS = extent(12, 100);

interface ProcessPlan {
  clockOffsetMs: number;
  /** The round trip to the vendor. */
  roundTripMs: number;
  /** The time of each way to Redis, in turn. */
  redisMs: number[];
  /** When the process is killed; null: never. */
  killedAtMs: number | null;
}

interface RequestPlan {
  process: number;
  afterMs: number;
  /** The delay on the way to the vendor. */
  delayMs: number;
}

interface Plan {
  perSecond: number;
  concurrency: number;
  /** The share of the round trip that is the way to the vendor. */
  wayThere: number;
  processes: ProcessPlan[];
  requests: RequestPlan[];
}

const processPlans = (killedAtMs: fc.Arbitrary<number | null>) =>
  fc.array(
    fc.record({
      clockOffsetMs: fc.integer({ min: -5000, max: 5000 }),
      roundTripMs: fc.integer({ min: 20, max: 300 }),
      redisMs: fc.array(fc.oneof(fc.constant(1), fc.nat(20), fc.nat(250)), { minLength: 1, maxLength: 8 }),
      killedAtMs,
    }),
    { minLength: 2, maxLength: 4 },
  );
const plans = (killedAtMs: fc.Arbitrary<number | null>): fc.Arbitrary<Plan> =>
  fc.record({
    perSecond: fc.integer({ min: 1, max: 20 }),
    concurrency: fc.integer({ min: 1, max: 20 }),
    wayThere: fc.constantFrom(0, 0.5, 1),
    processes: processPlans(killedAtMs),
    requests: fc.array(
      fc.record({
        process: fc.nat(3),
        afterMs: fc.oneof(fc.constant(0), fc.nat(3000)),
        delayMs: fc.oneof(fc.constant(0), fc.nat(480)),
      }),
      { minLength: 5, maxLength: 50 },
    ),
  });

/** The requests as the vendor and the processes have seen them. */
interface Seen {
  /** The times at which requests arrived at the vendor. */
  arrivals: number[];
  /** The most requests of living processes with a permit at one time. */
  most: number;
  /** For each request, when it was made and when it had its permit. */
  waits: { from: number; until: number }[];
  served: number;
}

/** The most arrivals within any one second. */
function mostInAnySecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
}

/**
 * Returns the requests that were made after another one and had their permit before it. Two exchanges take a second, so the order of Redis may differ by that
 * from the order in which requests are made and sent.
 */
function overtaking(one: Seen["waits"][number], waits: Seen["waits"]): Seen["waits"] {
  return waits.filter(({ from, until }) => from > one.from + 1000 && until < one.until - 1000);
}

/** Runs the plan. The first request of each process is not delayed and is sent alone, so it shows the round trip. */
async function run({ perSecond, concurrency, wayThere, processes, requests }: Plan): Promise<Seen> {
  const simulation = await Simulation.start();
  const rate = { requestsPerSecond: perSecond, concurrency };
  const seen: Seen = { arrivals: [], most: 0, waits: [], served: 0 };
  const pending = new Set<{ process: SimulatedProcess }>();
  const send = async (process: SimulatedProcess, index: number, delayMs: number) => {
    const from = simulation.now();
    const permit = await process.take("account", rate);
    seen.waits.push({ from, until: simulation.now() });
    const request = { process };
    pending.add(request);
    seen.most = Math.max(seen.most, [...pending].filter((one) => one.process.isAlive).length);
    permit.sent?.();
    const sentAt = process.monotonicMs();
    const roundTripMs = processes[index]?.roundTripMs ?? 0;
    seen.arrivals.push(simulation.now() + wayThere * roundTripMs + delayMs);
    await simulation.sleep(roundTripMs + delayMs);
    if (!process.isAlive) return;
    permit.responded({ sentAgoMs: process.monotonicMs() - sentAt });
    pending.delete(request);
    permit.release();
    seen.served += 1;
  };
  const runs = processes.map(async ({ clockOffsetMs, redisMs, killedAtMs }, index) => {
    let commands = 0;
    const process = simulation.addProcess(clockOffsetMs, () => redisMs[(commands += 1) % redisMs.length] ?? 0);
    const own = requests.filter((request) => request.process % processes.length === index);
    const work = (async () => {
      await send(process, index, 0);
      const began = simulation.now();
      const times = own.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
      await Promise.all(
        own.map(async ({ delayMs }, number) => {
          await simulation.sleep(began + (times[number] ?? 0) - simulation.now());
          await send(process, index, delayMs);
        }),
      );
    })();
    if (killedAtMs === null) return work;
    await simulation.sleep(killedAtMs);
    process.kill();
  });
  await simulation.run(Promise.all(runs));
  await simulation.close();
  return seen;
}

describe("the limiter of several processes, in a model", () => {
  it("never exceeds the rate at the vendor or the concurrency, serves requests in their order, and serves each", async () => {
    await fc.assert(
      fc.asyncProperty(plans(fc.constant(null)), async (plan) => {
        const { arrivals, most, waits, served } = await run(plan);
        expect(mostInAnySecond(arrivals)).toBeLessThanOrEqual(plan.perSecond);
        expect(most).toBeLessThanOrEqual(plan.concurrency);
        for (const wait of waits) expect(overtaking(wait, waits)).toEqual([]);
        expect(served).toBe(plan.requests.length + plan.processes.length);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("holds the same limits when processes die, and serves each request of the others", async () => {
    await fc.assert(
      fc.asyncProperty(plans(fc.option(fc.nat(4000), { freq: 2 })), async (plan) => {
        // It does not end before each living process has been served.
        const { arrivals, most } = await run(plan);
        expect(mostInAnySecond(arrivals)).toBeLessThanOrEqual(plan.perSecond);
        expect(most).toBeLessThanOrEqual(plan.concurrency);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("frees the permits of a process within two seconds after it was killed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom({ requestsPerSecond: 1, concurrency: 10 }, { requestsPerSecond: 100, concurrency: 1 }),
        fc.integer({ min: 1500, max: 8000 }),
        fc.boolean(),
        fc.nat(20),
        async (rate, killedAtMs, isSent, redisMs) => {
          const simulation = await Simulation.start();
          const [killed, other] = [0, 1].map(() => simulation.addProcess(0, () => redisMs));
          const work = async () => {
            const permit = await killed?.take("account", rate);
            let freedAt = 0;
            const next = other?.take("account", rate).then(() => (freedAt = simulation.now()));
            if (isSent) permit?.sent?.();
            await simulation.sleep(killedAtMs);
            const killedAt = simulation.now();
            killed?.kill();
            await next;
            return freedAt - killedAt;
          };
          const freedAfterMs = await simulation.run(work());
          await simulation.close();
          expect(freedAfterMs).toBeLessThanOrEqual(2000);
        },
      ),
      { numRuns: NUM_RUNS },
    );
  });

  it("grants each permit at the same time as the local limiter does, if there is one process", async () => {
    const requests = fc.array(
      fc.record({
        afterMs: fc.oneof(fc.constant(0), fc.nat(4000)),
        waitMs: fc.oneof(fc.constant(0), fc.nat(300)),
        roundTripMs: fc.integer({ min: 40, max: 700 }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        requests,
        async (perSecond, concurrency, own) => {
          const rate = { requestsPerSecond: perSecond, concurrency };
          const sendAll = async (
            take: () => Promise<RatePermit>,
            clock: { now(): number; sleep(ms: number): Promise<void> },
          ) => {
            const began = clock.now();
            const grantedAt: number[] = [];
            const send = async ({ waitMs, roundTripMs }: { waitMs: number; roundTripMs: number }) => {
              const permit = await take();
              grantedAt.push(clock.now() - began);
              await clock.sleep(waitMs);
              permit.sent?.();
              await clock.sleep(roundTripMs);
              permit.responded({ sentAgoMs: roundTripMs });
              permit.release();
            };
            // The first is sent alone, and shows the undelayed round trip.
            await send({ waitMs: 0, roundTripMs: 40 });
            const requests = own.map(async ({ afterMs, ...request }) => {
              await clock.sleep(afterMs);
              await send(request);
            });
            await Promise.all(requests);
            return grantedAt;
          };
          const clock = new VirtualClock();
          const local = new LocalRateLimiter(clock);
          const expected = await clock.run(sendAll(() => local.take("account", rate, never), clock));
          const simulation = await Simulation.start();
          const process = simulation.addProcess(0, () => 0);
          // The first permit of all waits for a second.
          const first = process.take("other", rate).then((permit) => {
            permit.release();
          });
          await simulation.run(first);
          const times = await simulation.run(sendAll(() => process.take("account", rate), simulation));
          await simulation.close();
          for (const [index, time] of times.entries())
            expect(Math.abs(time - (expected[index] ?? Number.NaN))).toBeLessThanOrEqual(5);
        },
      ),
      { numRuns: NUM_RUNS },
    );
  });
});
