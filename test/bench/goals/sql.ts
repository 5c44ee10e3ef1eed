import { atLeast, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { run } from "../process.js";
import type { SqlRounds, SqlTask } from "../processes/sql.js";
import { progress } from "../progress.js";

const ROUNDS = 5;

/** The least speed of each database, relative to its bulk load. */
const LEAST = [
  { database: "PostgreSQL", bulk: "COPY", limit: 0.5 },
  { database: "MariaDB", bulk: "LOAD DATA LOCAL", limit: 0.3 },
  { database: "SQLite", bulk: "prepared inserts", limit: 0.5 },
] as const;

/** Measures the speed of `sqlDestination`, compared with the bulk load of the same rows, which are already in the format of the database. */
export async function sql(): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { database, bulk, limit } of LEAST) {
    const rounds = await run<SqlRounds>("sql", { compare: { database, rounds: ROUNDS } } satisfies SqlTask);
    const times = [rounds.ours, rounds.bulk].map((ms) => `${median(ms).toFixed(0)} ms`);
    progress(`  ${database}: ${times.join(" and ")}`);
    measurements.push(
      atLeast(limit, {
        goal: `sqlDestination, speed of a batch of 5,000 calls ÷ that of ${bulk}, ${database}`,
        value: median(rounds.ours.map((ms, index) => (rounds.bulk[index] ?? Number.NaN) / ms)),
        detail: times.join(" and "),
      }),
    );
  }
  return measurements;
}
