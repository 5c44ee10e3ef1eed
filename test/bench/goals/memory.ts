import { microsecondsARow } from "../cost.js";
import { atMost, between, type Measurement, reported } from "../measurement.js";
import { median } from "../median.js";
import { megabytes } from "../megabytes.js";
import { run, start } from "../process.js";
import type { Streamed, StreamedSoFar, Streams } from "../processes/stream.js";
import { progress } from "../progress.js";
import type { Volume } from "../volume.js";

const FIRST_ROWS = 10_000;
const HUNDRED_THOUSAND = 100_000;
const FIVE_MILLION = 5_000_000;
/** The number of rows after which the process no longer compiles its code. */
const WARM_UP = 500_000;
/** The short streams before and after the long one. There are as many on both sides, because the speed of the machine may change meanwhile. */
const SHORT = Array.from({ length: 5 }, () => HUNDRED_THOUSAND);
const MILLION = 1_000_000;
/** The limit of the old space. Without a limit, Node collects it only after it has grown several times. */
const HELD_MEGABYTES = 64;
const MAX_MEGABYTES = 64;

/** Measures the memory and the CPU time per row of a stream of five million short rows, and of its first million. */
export async function memory(): Promise<Measurement[]> {
  const [first, ...streams] = await streamAll([FIRST_ROWS, WARM_UP, ...SHORT, FIVE_MILLION, ...SHORT]);
  const [firstHeld, held] = await streamAll([FIRST_ROWS, MILLION], [`--max-old-space-size=${HELD_MEGABYTES}`]);
  const whole = streams.find(({ rows }) => rows === FIVE_MILLION);
  if (first === undefined || !whole?.firstMillion || firstHeld === undefined || held === undefined)
    throw new TypeError("The stream of five million rows is missing.");
  const short = median(streams.filter(({ rows }) => rows === HUNDRED_THOUSAND).map(microsecondsARow));
  const million = microsecondsARow(whole.firstMillion);
  return [
    growth("1 million", first, whole.firstMillion),
    growth("5 million", first, whole),
    reported(
      `the same, 1 million rows, with the old space of Node limited to ${HELD_MEGABYTES} MB`,
      `${megabytes(held.peakRss - firstHeld.rss).toFixed(0)} MB (${microsecondsARow(held).toFixed(1)} µs of CPU a row)`,
    ),
    between(0.9, 1.1, {
      goal: "CPU per row at 1 million rows ÷ at 100 thousand",
      value: million / short,
      detail: `${short.toFixed(1)} and ${million.toFixed(1)} µs of short rows; the million once`,
    }),
  ];
}

/** Reads streams with these numbers of rows, one after the other, with one client. */
async function streamAll(rows: readonly number[], nodeOptions?: string[]): Promise<Streamed[]> {
  const vendor = await start("volume-vendor");
  const endpoints = await vendor.run<string[]>({
    vendors: 1,
    calls: Math.max(...rows),
    rows: "short",
  } satisfies Volume);
  const streamed = await run<Streamed[]>(
    "stream",
    {
      endpoints,
      longestCallSeconds: 0,
      streams: rows.map((count) => ({ rows: count, order: "arrival" })),
    } satisfies Streams,
    nodeOptions,
  );
  vendor.stop();
  for (const stream of streamed) {
    const { rows: count, wallMs, peakRss } = stream;
    progress(
      `  ${count} rows: ${((wallMs * 1000) / count).toFixed(1)} µs a row, ${microsecondsARow(stream).toFixed(1)} µs of CPU, at most ${megabytes(peakRss).toFixed(0)} MB`,
    );
  }
  return streamed;
}

function growth(rows: string, { rss: before }: Streamed, { peakRss: peak }: StreamedSoFar): Measurement {
  return atMost(MAX_MEGABYTES, {
    goal: `peak memory over that after ${FIRST_ROWS / 1000} thousand rows, ${rows} rows`,
    value: megabytes(peak - before),
    unit: " MB",
    detail: `${megabytes(before).toFixed(0)} to ${megabytes(peak).toFixed(0)} MB, short rows, one run`,
  });
}
