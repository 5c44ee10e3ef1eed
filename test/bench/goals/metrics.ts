import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { megabytes } from "../megabytes.js";
import { run } from "../process.js";
import type { MetricsRounds, MetricsStream, MetricsTask } from "../processes/metrics.js";

const CALLS = 1_000_000;
const ROUNDS = 5;

/** Measures the time of metrics, compared with a plain loop over the same million calls of 200 agents, and their memory. */
export async function metrics(): Promise<Measurement[]> {
  const { metrics: ours, plain } = await run<MetricsRounds>("metrics", {
    compare: { calls: CALLS, rounds: ROUNDS },
  } satisfies MetricsTask);
  const memory = await run<MetricsStream>("metrics", { stream: { calls: CALLS } } satisfies MetricsTask);
  return [
    atMost(3, {
      goal: "callMetrics by agent, time ÷ that of a plain loop that counts and sums the same fields",
      value: median(ours.map((ms, index) => ms / (plain[index] ?? Number.NaN))),
      detail: `${median(ours).toFixed(0)} and ${median(plain).toFixed(0)} ms, 1 million calls`,
    }),
    atMost(64, {
      goal: "callMetrics, peak memory over that of the plain loop, 1 million calls and 200 agents",
      value: megabytes(memory.metrics - memory.plain),
      unit: " MB",
      detail: `${megabytes(memory.metrics).toFixed(0)} and ${megabytes(memory.plain).toFixed(0)} MB`,
    }),
  ];
}
