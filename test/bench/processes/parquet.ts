import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { callColumns, type CallRecord, CallRecordsClient, huaweiCec, itniotech, tencentCcc } from "call-records";
import { writeParquet } from "call-records/parquet";
import { startVendorEmulator } from "call-records/testing";
import { UNLIMITED, unpacedProviders } from "../emulated.js";
import { DUCKDB_TYPES } from "../../parquet/duckdb-types.js";
import { serve } from "../process.js";

/** Files of the same calls, or one long stream. */
export type ParquetTask = { compare: { calls: number; rounds: number } } | { stream: { rows: readonly number[] } };

/** The rows per second and the size in bytes of each round. */
export interface ParquetRounds {
  ours: { rowsPerSecond: number; bytes: number }[];
  duckdb: { rowsPerSecond: number; bytes: number }[];
}

/** The greatest memory in bytes while the stream was written, for each of its lengths. */
export interface ParquetStreams {
  peaks: number[];
  rowsPerSecond: number;
}

const DAYS = 30;
const VENDORS = 3;
const BASE_CALLS = 5000;
const SAMPLE_ROWS = 1000;
const SHIFT_MS = 1000;

/** The columns of a file, by DuckDB's type. */
const COLUMNS = [
  ...callColumns.map(({ sqlName, type, read }) => ({ sqlName, type: DUCKDB_TYPES[type], read: read })),
  { sqlName: "legs", type: "JSON", read: (call: CallRecord) => call.legs },
  { sqlName: "raw", type: "JSON", read: (call: CallRecord) => call.raw },
];

serve(async (task: ParquetTask): Promise<ParquetRounds | ParquetStreams> => {
  const folder = await mkdtemp(join(tmpdir(), "bench-parquet-"));
  try {
    return "compare" in task
      ? await compare(folder, await readCalls(task.compare.calls), task.compare.rounds)
      : await stream(folder, await readCalls(BASE_CALLS), task.stream.rows);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Reads calls of the three emulated vendors, with the vendors' rows. */
async function readCalls(count: number): Promise<CallRecord[]> {
  const callsPerDay = Math.ceil((2 * count) / DAYS / VENDORS);
  const emulator = await startVendorEmulator({
    seed: 7,
    days: DAYS,
    callsPerDay,
    activeCalls: 0,
    requestsPerSecond: UNLIMITED,
  });
  const client = new CallRecordsClient({ providers: unpacedProviders(emulator, { tencentCcc, huaweiCec, itniotech }) });
  try {
    const to = new Date();
    const from = new Date(to.getTime() - (DAYS - 1) * 86_400_000);
    const calls: CallRecord[] = [];
    for await (const call of client.records({ from, to, order: "time" })) {
      calls.push(call);
      if (calls.length === count) return calls;
    }
    throw new Error(`The emulator has ${calls.length} of ${count} calls.`);
  } finally {
    await client.close();
    await emulator.close();
  }
}

/** Writes the same calls with both, in turn. DuckDB reads them from lines of JSON, with one thread. */
async function compare(folder: string, calls: readonly CallRecord[], rounds: number): Promise<ParquetRounds> {
  const [lines, ours, theirs] = ["calls.ndjson", "ours.parquet", "theirs.parquet"].map((name) => join(folder, name));
  if (lines === undefined || ours === undefined || theirs === undefined) throw new TypeError("A path is missing.");
  const rowOf = (call: CallRecord) => Object.fromEntries(COLUMNS.map(({ sqlName, read }) => [sqlName, read(call)]));
  await writeFile(lines, calls.map((call) => `${JSON.stringify(rowOf(call))}\n`).join(""));
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  const measured: ParquetRounds = { ours: [], duckdb: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const one = await timed(calls.length, ours, () => writeParquet(calls, ours));
    const other = await timed(calls.length, theirs, () => copy(connection, lines, theirs));
    // The first round only warms up.
    if (round === 0) continue;
    measured.ours.push(one);
    measured.duckdb.push(other);
  }
  connection.closeSync();
  return measured;
}

async function copy(connection: DuckDBConnection, lines: string, path: string): Promise<void> {
  const columns = COLUMNS.map(({ sqlName, type }) => `${sqlName}: '${type}'`).join(", ");
  await connection.run(
    `copy (from read_json('${lines}', format = 'newline_delimited', columns = {${columns}})) to '${path}' (format parquet, compression snappy)`,
  );
}

async function timed(rows: number, path: string, work: () => Promise<unknown>) {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  return { rowsPerSecond: rows / seconds, bytes: (await stat(path)).size };
}

/** Writes one stream, and samples the memory up to each of the lengths. */
async function stream(folder: string, base: readonly CallRecord[], rows: readonly number[]): Promise<ParquetStreams> {
  const peaks: number[] = [];
  let peak = 0;
  function* calls(): Generator<CallRecord> {
    for (let index = 0; index < Math.max(...rows); index += 1) {
      const call = base[index % base.length];
      if (call === undefined) return;
      // Other ids and times, as in a long history.
      const startedAt = new Date(call.startedAt.getTime() + Math.floor(index / base.length) * SHIFT_MS);
      yield { ...call, id: `${call.id}-${index}`, startedAt };
      if ((index + 1) % SAMPLE_ROWS === 0) peak = Math.max(peak, process.memoryUsage.rss());
      if (rows.includes(index + 1)) peaks.push(peak);
    }
  }
  const began = performance.now();
  const report = await writeParquet(calls(), join(folder, "stream.parquet"));
  return { peaks, rowsPerSecond: report.rows / ((performance.now() - began) / 1000) };
}
