import { type Measurement, reported } from "../measurement.js";
import { median } from "../median.js";
import { run, start } from "../process.js";
import type { FirstRequest } from "../processes/first-request.js";
import type { Volume } from "../volume.js";

const ROWS = 50;
const PAIRS = 5;

/** How long a new process takes to its first record: the library loads axios, which the cold import leaves out, for its first request. */
export async function firstRequest(): Promise<Measurement[]> {
  const vendor = await start("volume-vendor");
  const [endpoint = ""] = await vendor.ask<string[]>({ vendors: 1, calls: ROWS, rows: "full" } satisfies Volume);
  const question: FirstRequest = { endpoint, rows: ROWS };
  // The vendor's own first answer is slow, and would be measured along.
  await run<number>("axios-first-request", question);
  const pairs: { ours: number; plain: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    pairs.push({
      plain: await run<number>("axios-first-request", question),
      ours: await run<number>("first-request", question),
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
