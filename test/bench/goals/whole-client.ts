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
/** A process that has just begun makes machine code until so many streams have gone by; the first of them is reported by itself. */
const WARM_UPS = 2;
const STREAMS = WARM_UPS + 2;
/** Processes on each side. */
const PAIRS = 2;
/** After so many, memory is what it grows from. */
const FIRST_ROWS = 10_000;

/** Processor time of a row, in microseconds. */
interface Costs {
  plain: number;
  ours: number;
}

/** Processor time that a row takes, from the request for its page to the record, against what asking for the page and parsing it takes alone. */
export async function wholeClient(): Promise<Measurement[]> {
  const vendor = await start("volume-vendor");
  const [endpoint = ""] = await vendor.ask<string[]>({ vendors: 1, calls: ROWS, rows: "full" } satisfies Volume);
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
      detail: told(warm),
    }),
    reported(
      `the same in the ${ROWS / 1000} thousand rows after a process's first ${FIRST_ROWS / 1000} thousand`,
      `${median(first.map(overPlain)).toFixed(2)} (${told(first)})`,
    ),
    reported(
      `peak memory over that after ${FIRST_ROWS / 1000} thousand rows, ${STREAMS} streams of ${ROWS / 1000} thousand full rows`,
      `${median(growths).toFixed(0)} MB`,
    ),
  ];
}

/** The costs of each stream, and by how many megabytes the client's memory has grown with them. The two go by turns: the machine is not as fast in every second. */
async function compare(endpoint: string): Promise<{ costs: Costs[]; growth: number }> {
  const [loop, client] = await Promise.all([start("plain-http"), start("stream")]);
  const stream = async (rows: number) => {
    const streams: Streams = { endpoints: [endpoint], longestCallSeconds: 0, streams: [{ rows, order: "arrival" }] };
    const [streamed] = await client.ask<Streamed[]>(streams);
    if (streamed === undefined) throw new TypeError("One stream was asked for.");
    return streamed;
  };
  await loop.ask<PlainRead>({ endpoint, rows: FIRST_ROWS } satisfies PlainReading);
  const { rss } = await stream(FIRST_ROWS);
  const costs: Costs[] = [];
  let peakRss = rss;
  for (let round = 1; round <= STREAMS; round += 1) {
    const plain = await loop.ask<PlainRead>({ endpoint, rows: ROWS } satisfies PlainReading);
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

function told(costs: readonly Costs[]): string {
  const of = (side: keyof Costs) => median(costs.map((cost) => cost[side])).toFixed(1);
  return `${of("ours")} µs a row, plain ${of("plain")} µs`;
}
