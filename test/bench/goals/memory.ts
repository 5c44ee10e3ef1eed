import { atMost, between, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { run, start } from "../process.js";
import type { Streamed, Streams } from "../processes/stream.js";
import { progress } from "../progress.js";
import type { Volume } from "../volume.js";

const FIRST_ROWS = 10_000;
const HUNDRED_THOUSAND = 100_000;
const MILLION = 1_000_000;
const FIVE_MILLION = 5_000_000;
/** The process makes machine code until they have gone by. */
const WARM_UP = 200_000;
/** As many before the million as after it: the machine, or the process, may grow slower or faster meanwhile. */
const SHORT = [HUNDRED_THOUSAND, HUNDRED_THOUSAND];
const MEGABYTE = 2 ** 20;
const MOST_MEGABYTES = 64;

/** What streaming a million rows takes: memory, and processor time a row against that of a tenth of them. */
export async function oneMillion(): Promise<Measurement[]> {
  const [first, ...streams] = await streamAll([FIRST_ROWS, WARM_UP, ...SHORT, MILLION, ...SHORT]);
  const costs = (rows: number) => median(streams.filter((stream) => stream.rows === rows).map(({ cpuMs }) => (cpuMs * 1000) / rows));
  const detail = `${costs(HUNDRED_THOUSAND).toFixed(1)} and ${costs(MILLION).toFixed(1)} µs; the million once`;
  return [growth("1 million", first, streams), between(0.9, 1.1, { goal: "CPU per row at 1 million rows ÷ at 100 thousand", value: costs(MILLION) / costs(HUNDRED_THOUSAND), detail })];
}

/** What streaming five million rows takes: memory. */
export async function fiveMillion(): Promise<Measurement[]> {
  const [first, ...streams] = await streamAll([FIRST_ROWS, FIVE_MILLION]);
  return [growth("5 million", first, streams)];
}

/** Streams so many rows each time, one after the other, with one client. */
async function streamAll(rows: readonly number[]): Promise<Streamed[]> {
  const vendor = await start("volume-vendor");
  const endpoints = await vendor.ask<string[]>({ vendors: 1, calls: Math.max(...rows) } satisfies Volume);
  const streamed = await run<Streamed[]>("stream", { endpoints, longestCallSeconds: 0, streams: rows.map((count) => ({ rows: count, order: "arrival" })) } satisfies Streams);
  vendor.stop();
  for (const { rows: count, wallMs, cpuMs, peakRss } of streamed) {
    progress(`  ${count} rows: ${((wallMs * 1000) / count).toFixed(1)} µs a row, ${((cpuMs * 1000) / count).toFixed(1)} µs of CPU, ${megabytes(peakRss)} MB at the most`);
  }
  return streamed;
}

function growth(rows: string, first: Streamed | undefined, streams: readonly Streamed[]): Measurement {
  const before = first?.rss ?? Number.NaN;
  const peak = Math.max(...streams.map(({ peakRss }) => peakRss));
  return atMost(MOST_MEGABYTES, {
    goal: `peak memory over that after ${FIRST_ROWS / 1000} thousand rows, ${rows} rows`,
    value: (peak - before) / MEGABYTE,
    unit: " MB",
    detail: `${megabytes(before)} to ${megabytes(peak)} MB, one run`,
  });
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0);
}
