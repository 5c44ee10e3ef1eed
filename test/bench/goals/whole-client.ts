import { microsecondsARow } from "../cost.js";
import { atMost, type Measurement, reported } from "../measurement.js";
import { median } from "../median.js";
import { megabytes } from "../megabytes.js";
import { start } from "../process.js";
import type { PlainRead, PlainReading } from "../processes/plain-http.js";
import type { Streamed, Streams } from "../processes/stream.js";
import { progress } from "../progress.js";
import type { Volume } from "../volume.js";

const ROWS = 100_000;
/** The number of streams until a new process no longer compiles its code. The first of them is reported separately. */
const WARM_UPS = 2;
const STREAMS = WARM_UPS + 2;
/** The number of processes for each of the two. */
const PAIRS = 2;
/** The number of rows after which the growth of the memory is measured. */
const FIRST_ROWS = 10_000;

/** The CPU time of a row, in microseconds. */
interface Costs {
  plain: number;
  ours: number;
}

/** Measures the CPU time per row, from the request for its page to the record, compared with only requesting and parsing the page. */
export async function wholeClient(): Promise<Measurement[]> {
  const vendor = await start("volume-vendor");
  const [endpoint = ""] = await vendor.run<string[]>({ vendors: 1, calls: ROWS, rows: "full" } satisfies Volume);
  const first: Costs[] = [];
  const warm: Costs[] = [];
  const growths: number[] = [];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    const { costs, growth } = await compare(endpoint);
    first.push(...costs.slice(0, 1));
    warm.push(...costs.slice(WARM_UPS));
    growths.push(growth);
    const listed = (side: keyof Costs) => costs.map((cost) => cost[side].toFixed(1)).join(", ");
    progress(`  whole client, pair ${pair} of ${PAIRS}: ${listed("ours")} µs a row, plain ${listed("plain")} µs`);
  }
  vendor.stop();
  return [
    atMost(2.5, {
      goal: "CPU a row of the whole client ÷ node:http + JSON.parse, Itniotech",
      value: median(warm.map(overPlain)),
      detail: textOf(warm),
    }),
    reported(
      `the same in the ${ROWS / 1000} thousand rows after a process's first ${FIRST_ROWS / 1000} thousand`,
      `${median(first.map(overPlain)).toFixed(2)} (${textOf(first)})`,
    ),
    reported(
      `peak memory over that after ${FIRST_ROWS / 1000} thousand rows, ${STREAMS} streams of ${ROWS / 1000} thousand full rows`,
      `${median(growths).toFixed(0)} MB`,
    ),
  ];
}

/** Returns the costs of each stream, and the growth of the client's memory in megabytes. The two alternate, because the machine's speed varies. */
async function compare(endpoint: string): Promise<{ costs: Costs[]; growth: number }> {
  const [loop, client] = await Promise.all([start("plain-http"), start("stream")]);
  const stream = async (rows: number) => {
    const streams: Streams = { endpoints: [endpoint], longestCallSeconds: 0, streams: [{ rows, order: "arrival" }] };
    const [streamed] = await client.run<Streamed[]>(streams);
    if (streamed === undefined) throw new TypeError("The process returned no streams.");
    return streamed;
  };
  await loop.run<PlainRead>({ endpoint, rows: FIRST_ROWS } satisfies PlainReading);
  const { rss } = await stream(FIRST_ROWS);
  const costs: Costs[] = [];
  let peakRss = rss;
  for (let round = 1; round <= STREAMS; round += 1) {
    const plain = await loop.run<PlainRead>({ endpoint, rows: ROWS } satisfies PlainReading);
    const ours = await stream(ROWS);
    peakRss = Math.max(peakRss, ours.peakRss);
    costs.push({ plain: microsecondsARow(plain), ours: microsecondsARow(ours) });
  }
  for (const running of [loop, client]) running.stop();
  return { costs, growth: megabytes(peakRss - rss) };
}

function overPlain({ ours, plain }: Costs): number {
  return ours / plain;
}

function textOf(costs: readonly Costs[]): string {
  const of = (side: keyof Costs) => median(costs.map((cost) => cost[side])).toFixed(1);
  return `${of("ours")} µs a row, plain ${of("plain")} µs`;
}
