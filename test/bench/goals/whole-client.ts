import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { run, start } from "../process.js";
import type { PlainRead, PlainReading } from "../processes/plain-http.js";
import type { Streamed, Streams } from "../processes/stream.js";
import { progress } from "../progress.js";
import type { Volume } from "../volume.js";

const ROWS = 100_000;
/** As many as are measured: in a process that has just begun, the making of machine code costs as much again. */
const WARM_UP_ROWS = 100_000;
const PAIRS = 3;

/** Processor time that a row takes, from the request for its page to the record, against what asking for the page and parsing it takes alone. */
export async function wholeClient(): Promise<Measurement[]> {
  const vendor = await start("volume-vendor");
  const [endpoint = ""] = await vendor.ask<string[]>({ vendors: 1, calls: ROWS } satisfies Volume);
  const plain: PlainReading = { endpoint, streams: [{ rows: WARM_UP_ROWS }, { rows: ROWS }] };
  const ours: Streams = { endpoints: [endpoint], longestCallSeconds: 0, streams: plain.streams.map(({ rows }) => ({ rows, order: "arrival" })) };
  const pairs: { plain: number; ours: number }[] = [];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    const plainCost = microsecondsPerRow(await run<PlainRead[]>("plain-http", plain));
    const ourCost = microsecondsPerRow(await run<Streamed[]>("stream", ours));
    pairs.push({ plain: plainCost, ours: ourCost });
    progress(`  whole client, pair ${pair} of ${PAIRS}: ${ourCost.toFixed(1)} µs a row, plain ${plainCost.toFixed(1)} µs`);
  }
  vendor.stop();
  const value = median(pairs.map((pair) => pair.ours / pair.plain));
  const detail = `${median(pairs.map((pair) => pair.ours)).toFixed(1)} µs a row, plain ${median(pairs.map((pair) => pair.plain)).toFixed(1)} µs`;
  return [atMost(2.5, { goal: "CPU a row of the whole client ÷ node:http + JSON.parse, Itniotech", value, detail })];
}

/** Of the last stream: those before it warm the process up. */
function microsecondsPerRow(streams: readonly { rows: number; cpuMs: number }[]): number {
  const { rows, cpuMs } = streams.at(-1) ?? { rows: 0, cpuMs: 0 };
  return (cpuMs * 1000) / rows;
}
