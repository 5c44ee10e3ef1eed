import { type Measurement, reported } from "../measurement.js";
import { median } from "../median.js";
import { run, start } from "../process.js";
import type { FirstRequest } from "../processes/first-request.js";
import type { Volume } from "../volume.js";

const ROWS = 50;
const PAIRS = 5;

/** Measures the time to the first record in a new process. The library loads axios for its first request, which the cold import does not include. */
export async function firstRequest(): Promise<Measurement[]> {
  const vendor = await start("volume-vendor");
  const [endpoint = ""] = await vendor.run<string[]>({ vendors: 1, calls: ROWS, rows: "full" } satisfies Volume);
  const task: FirstRequest = { endpoint, rows: ROWS };
  // The vendor's first response is slow, and must not be measured.
  await run<number>("axios-first-request", task);
  const pairs: { ours: number; plain: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    pairs.push({
      plain: await run<number>("axios-first-request", task),
      ours: await run<number>("first-request", task),
    });
  }
  vendor.stop();
  const of = (side: "ours" | "plain") => median(pairs.map((pair) => pair[side])).toFixed(0);
  const ratio = median(pairs.map(({ ours, plain }) => ours / plain));
  return [
    reported(
      "import to first record ÷ axios + zod and one request by axios",
      `${ratio.toFixed(2)} (${of("ours")} ms, ${of("plain")} ms)`,
    ),
  ];
}
