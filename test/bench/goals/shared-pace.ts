import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmulatedVendors } from "../emulated.js";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { start } from "../process.js";
import type { Distances } from "../processes/distant.js";
import type { SharedRange } from "../processes/shared-range.js";
import { progress } from "../progress.js";
import type { RangeRead } from "../read-range.js";
import { rangeThatReads } from "../span.js";
import { tencentHistory } from "../tencent-history.js";

/** The distance of each process from the vendor. */
const ROUND_TRIPS_MS = [50, 130, 220, 300];
const REQUESTS_PER_SECOND = 20;
const ROUNDS = 3;

/** Measures how close four processes come to the rate limit of one account that they share in Redis, which must run on this machine. */
export async function sharedPace(): Promise<Measurement[]> {
  const { emulator, span } = tencentHistory();
  const [vendors, distant, ...readers] = await Promise.all([
    start("vendors"),
    start("distant"),
    ...ROUND_TRIPS_MS.map(() => start("shared-range")),
  ]);
  const { endpoints, credentials } = await vendors.run<EmulatedVendors>({
    ...emulator,
    vendors: ["tencent-ccc"],
    requestsPerSecond: { "tencent-ccc": REQUESTS_PER_SECOND },
  });
  const urls = await distant.run<string[]>({
    target: endpoints["tencent-ccc"],
    roundTripsMs: ROUND_TRIPS_MS,
  } satisfies Distances);
  const { secretId, secretKey, sdkAppIds } = credentials["tencent-ccc"];
  const prefix = `bench-${randomUUID()}`;
  const from = span.from.getTime();
  const partMs = (span.to.getTime() - from) / readers.length;
  const rounds: number[] = [];
  const counts: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const began = performance.now();
    const read = await Promise.all(
      readers.map((reader, index) =>
        reader.run<RangeRead>({
          prefix,
          endpoint: urls[index] ?? "",
          secretId,
          secretKey,
          sdkAppId: sdkAppIds[0] ?? 0,
          range: rangeThatReads({ from: new Date(from + index * partMs), to: new Date(from + (index + 1) * partMs) }),
        } satisfies SharedRange),
      ),
    );
    const wallMs = performance.now() - began;
    const requests = read.reduce((sum, one) => sum + one.requests, 0);
    counts.push(requests);
    rounds.push(wallMs / ((requests / REQUESTS_PER_SECOND) * 1000));
    progress(`  shared-pace, round ${round} of ${ROUNDS}: ${requests} requests in ${Math.round(wallMs)} ms`);
    await sleep(1000);
  }
  const refusals = await vendors.run<number>("refusals");
  for (const running of [vendors, distant, ...readers]) running.stop();
  return [
    atMost(1.15, {
      goal: `${readers.length} processes, ${ROUND_TRIPS_MS.join(", ")} ms away, share ${REQUESTS_PER_SECOND}/s in Redis: wall ÷ pace limit`,
      value: median(rounds),
      detail: `${median(counts)} requests`,
    }),
    atMost(0, { goal: "requests refused in that run", value: refusals, detail: `${ROUNDS} rounds` }),
  ];
}
