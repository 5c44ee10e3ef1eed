import { atMost, type Measurement, reported } from "../measurement.js";
import { median } from "../median.js";
import { run, start } from "../process.js";
import type { PlainRead, PlainReading } from "../processes/plain-http.js";
import type { Streamed, Streams } from "../processes/stream.js";
import { progress } from "../progress.js";
import type { Volume } from "../volume.js";

const ROWS = 100_000;
/** Of them, the first stream is reported by itself; a process that has just begun makes machine code until the last of them has gone by. */
const WARM_UPS = 2;
const PAIRS = 3;
/** After so many, memory is what it grows from. */
const FIRST_ROWS = 10_000;
const MEGABYTE = 2 ** 20;

/** Processor time that a row takes, from the request for its page to the record, against what asking for the page and parsing it takes alone. */
export async function wholeClient(): Promise<Measurement[]> {
  const vendor = await start("volume-vendor");
  const [endpoint = ""] = await vendor.ask<string[]>({ vendors: 1, calls: ROWS, rows: "full" } satisfies Volume);
  const plain: PlainReading = { endpoint, streams: Array.from({ length: WARM_UPS + 1 }, () => ({ rows: ROWS })) };
  const streams = [FIRST_ROWS, ...plain.streams.map(({ rows }) => rows)].map((rows) => ({ rows, order: "arrival" as const }));
  const ours: Streams = { endpoints: [endpoint], longestCallSeconds: 0, streams };
  const pairs: { plain: number[]; ours: number[] }[] = [];
  const growths: number[] = [];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    const plainCosts = (await run<PlainRead[]>("plain-http", plain)).map(microsecondsPerRow);
    const [first, ...streamed] = await run<Streamed[]>("stream", ours);
    const ourCosts = streamed.map(microsecondsPerRow);
    growths.push(((streamed.at(-1)?.peakRss ?? Number.NaN) - (first?.rss ?? Number.NaN)) / MEGABYTE);
    pairs.push({ plain: plainCosts, ours: ourCosts });
    progress(`  whole client, pair ${pair} of ${PAIRS}: ${listed(ourCosts)} µs a row, plain ${listed(plainCosts)} µs`);
  }
  vendor.stop();
  const of = (side: "plain" | "ours", stream: number) => median(pairs.map((pair) => pair[side].at(stream) ?? Number.NaN));
  const overPlain = (stream: number) => median(pairs.map((pair) => (pair.ours.at(stream) ?? Number.NaN) / (pair.plain.at(stream) ?? Number.NaN)));
  const goal = "CPU a row of the whole client ÷ node:http + JSON.parse, Itniotech";
  return [
    atMost(2.5, { goal, value: overPlain(-1), detail: `${of("ours", -1).toFixed(1)} µs a row, plain ${of("plain", -1).toFixed(1)} µs` }),
    reported("the same in a process's first 100 thousand rows", `${overPlain(0).toFixed(2)} (${of("ours", 0).toFixed(1)} µs, plain ${of("plain", 0).toFixed(1)} µs)`),
    reported(`peak memory over that after ${FIRST_ROWS / 1000} thousand rows, ${(ROWS * plain.streams.length) / 1000} thousand full rows`, `${median(growths).toFixed(0)} MB`),
  ];
}

function microsecondsPerRow({ rows, cpuMs }: { rows: number; cpuMs: number }): number {
  return (cpuMs * 1000) / rows;
}

function listed(costs: readonly number[]): string {
  return costs.map((cost) => cost.toFixed(1)).join(", ");
}
