import { atLeast, atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { megabytes } from "../megabytes.js";
import { run } from "../process.js";
import type { ParquetRounds, ParquetStreams, ParquetTask } from "../processes/parquet.js";

const CALLS = 50_000;
const ROUNDS = 5;
const SHORT = 200_000;
const LONG = 1_000_000;

/** Measures the speed and the size of Parquet files, compared with DuckDB, and the memory of a long stream. */
export async function parquet(): Promise<Measurement[]> {
  const { ours, duckdb } = await run<ParquetRounds>("parquet", {
    compare: { calls: CALLS, rounds: ROUNDS },
  } satisfies ParquetTask);
  const { peaks, rowsPerSecond } = await run<ParquetStreams>("parquet", {
    stream: { rows: [SHORT, LONG] },
  } satisfies ParquetTask);
  const [short = Number.NaN, long = Number.NaN] = peaks;
  const speeds = [ours, duckdb].map((rounds) => median(rounds.map((round) => round.rowsPerSecond)));
  const sizes = [ours, duckdb].map((rounds) => median(rounds.map(({ bytes }) => bytes)));
  const ratios = ours.map((round, index) => round.rowsPerSecond / (duckdb[index]?.rowsPerSecond ?? Number.NaN));
  return [
    atLeast(0.25, {
      goal: "writeParquet, rows per second ÷ those of DuckDB's COPY from ndjson, one thread",
      value: median(ratios),
      detail: `${speeds.map((speed) => speed.toFixed(0)).join(" and ")}, ${CALLS / 1000} thousand calls with raw`,
    }),
    atMost(1.5, {
      goal: "writeParquet, size ÷ that of DuckDB, Snappy",
      value: (sizes[0] ?? Number.NaN) / (sizes[1] ?? Number.NaN),
      detail: sizes.map((size) => `${megabytes(size).toFixed(1)} MB`).join(" and "),
    }),
    atMost(1.1, {
      goal: "writeParquet, peak memory at 1 million calls ÷ at 200 thousand",
      value: long / short,
      detail: `${megabytes(long).toFixed(0)} and ${megabytes(short).toFixed(0)} MB, ${rowsPerSecond.toFixed(0)} rows per second`,
    }),
  ];
}
