import type { CustomCall } from "call-records/testing";
import type { EmulatedVendors } from "../emulated.js";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { start } from "../process.js";
import type { HuaweiRange } from "../processes/huawei-range.js";
import { progress } from "../progress.js";
import type { RangeRead } from "../read-range.js";
import { rangeThatReads } from "../span.js";

const LATENCY_MS = 100;
const CONCURRENCY = 10;
const ROUNDS = 2;

const DAY = 86_400_000;
/** The vendor's longest window, less the millisecond by which the requested range begins earlier. */
const WINDOW = 7 * DAY - 1;
/** The client reads two lists, with the task types 0 and 4, in parallel. */
const WINDOWS = 300;
const LISTS: Pick<CustomCall, "type">[] = [{ type: 1 }, { type: 4 }];
/** The rows of each window: four pages, of which the last is not full. */
const ROWS = 350;

/** Measures whether the client uses its whole concurrency over many windows, without a rate limit. */
export async function windows(): Promise<Measurement[]> {
  const to = Date.now() - 4 * DAY;
  const from = to - (WINDOWS / LISTS.length) * WINDOW;
  const calls = LISTS.flatMap((list) => {
    const rows = (ROWS * WINDOWS) / LISTS.length;
    return Array.from({ length: rows }, (_, index): CustomCall => ({
      ...list,
      startedAt: new Date(from + ((index + 0.5) * (to - from)) / rows),
    }));
  });
  const [vendors, client] = await Promise.all([start("vendors"), start("huawei-range")]);
  const { endpoints, credentials } = await vendors.run<EmulatedVendors>({
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "huawei-cec": calls },
    latencyMs: LATENCY_MS,
    requestsPerSecond: { "huawei-cec": Number.POSITIVE_INFINITY },
  });
  const range = rangeThatReads({ from: new Date(from), to: new Date(to) });
  const task: HuaweiRange = {
    endpoint: endpoints["huawei-cec"],
    ...credentials["huawei-cec"],
    concurrency: CONCURRENCY,
    range,
  };
  const ratios: number[] = [];
  let detail = "";
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { wallMs, requests, windows: read } = await client.run<RangeRead>(task);
    ratios.push(wallMs / ((requests * LATENCY_MS) / CONCURRENCY));
    detail = `${requests} requests in ${read} windows`;
    progress(`  windows, round ${round} of ${ROUNDS}: ${detail}, ${Math.round(wallMs)} ms`);
  }
  vendors.stop();
  client.stop();
  return [
    atMost(1.15, {
      goal: `no pace limit, ${LATENCY_MS} ms away: wall ÷ (requests × latency ÷ ${CONCURRENCY})`,
      value: median(ratios),
      detail,
    }),
  ];
}
