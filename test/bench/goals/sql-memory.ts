import { atMost, type Measurement } from "../measurement.js";
import { megabytes } from "../megabytes.js";
import { run } from "../process.js";
import type { SqlStream, SqlTask } from "../processes/sql.js";

const SHORT = 200_000;
const LONG = 1_000_000;

/** Measures the memory of a long stream of batches into PostgreSQL. It takes minutes. */
export async function sqlMemory(): Promise<Measurement[]> {
  const { peaks } = await run<SqlStream>("sql", { stream: { rows: [SHORT, LONG] } } satisfies SqlTask);
  const [short = Number.NaN, long = Number.NaN] = peaks;
  return [
    atMost(1.1, {
      goal: "sqlDestination, peak memory at 1 million calls ÷ at 200 thousand, PostgreSQL",
      value: long / short,
      detail: `${megabytes(long).toFixed(0)} and ${megabytes(short).toFixed(0)} MB`,
    }),
  ];
}
