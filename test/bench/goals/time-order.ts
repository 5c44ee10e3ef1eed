import { atLeast, type Measurement, reported } from "../measurement.js";
import { median } from "../median.js";
import { megabytes } from "../megabytes.js";
import { run, start } from "../process.js";
import type { Streamed, Streams } from "../processes/stream.js";
import { progress } from "../progress.js";
import type { Volume } from "../volume.js";

const VENDORS = 3;
/** The rows of each vendor. */
const ROWS = 30_000;
const WARM_UP_ROWS = 10_000;
const PAIRS = 3;

/** Measures the time and memory of ascending order over several accounts, compared with the order of arrival. */
export async function timeOrder(): Promise<Measurement[]> {
  const vendor = await start("volume-vendor");
  const endpoints = await vendor.run<string[]>({ vendors: VENDORS, calls: ROWS, rows: "full" } satisfies Volume);
  // Each stream has a separate process, because the peak memory belongs to a process.
  const stream = async (order: "arrival" | "time"): Promise<Streamed> => {
    const streams = [WARM_UP_ROWS, ROWS].map((rows) => ({ rows, order }));
    const last = (await run<Streamed[]>("stream", { endpoints, streams } satisfies Streams)).at(-1);
    if (last === undefined) throw new TypeError("The process returned no streams.");
    return last;
  };
  const pairs: { throughput: number; extraMegabytes: number }[] = [];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    // The two alternate in order, so that changes of the machine's speed affect both.
    const timeFirst = pair % 2 === 0 ? await stream("time") : null;
    const arrival = await stream("arrival");
    const time = timeFirst ?? (await stream("time"));
    pairs.push({ throughput: arrival.wallMs / time.wallMs, extraMegabytes: megabytes(time.peakRss - arrival.peakRss) });
    progress(
      `  time order, pair ${pair} of ${PAIRS}: ${Math.round(arrival.wallMs)} ms by arrival, ${Math.round(time.wallMs)} ms by time`,
    );
  }
  vendor.stop();
  const extra = median(pairs.map(({ extraMegabytes }) => extraMegabytes));
  return [
    atLeast(0.8, {
      goal: `throughput by time ÷ by arrival, ${VENDORS} accounts`,
      value: median(pairs.map(({ throughput }) => throughput)),
      detail: `${VENDORS * ROWS} rows`,
    }),
    reported(`peak memory by time over that by arrival, ${VENDORS} accounts`, `${extra.toFixed(0)} MB`),
  ];
}
