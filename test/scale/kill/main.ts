/**
 * Kills the workers of a fleet at random moments, restarts its Redis and its PostgreSQL, and checks that each call is stored once: `npm run test:kill:fleet`, or
 * `npm run test:kill:fleet -- --kills 100 --seed 1`. It starts its own servers, so `redis-server`, `initdb` and `postgres` must be on the path. The seed repeats the
 * same disturbances, except for differences in the machine's speed. Exits with 1 when a guarantee is violated, or the fleet makes no progress.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "10" },
    "redis-restarts": { type: "string", default: "5" },
    "redis-losses": { type: "string", default: "1" },
    "postgres-restarts": { type: "string", default: "2" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});

/** @throws RangeError when an option is not a whole number. */
async function main(): Promise<void> {
  const options = {
    kills: Number(values.kills),
    redisRestarts: Number(values["redis-restarts"]),
    redisLosses: Number(values["redis-losses"]),
    postgresRestarts: Number(values["postgres-restarts"]),
    seed: Number(values.seed),
  };
  if (!Object.values(options).every((value) => Number.isInteger(value) && value >= 0))
    throw new RangeError("All options must be whole numbers.");
  const startedAt = performance.now();
  const print = (line: string) => {
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  };
  print(`seed ${options.seed}`);
  const script = fileURLToPath(new URL("./worker-process.js", import.meta.url));
  const { rows, requests, violations } = await runCampaign(options, script, print);
  for (const violation of violations) console.log(violation);
  const { kills, redisRestarts, redisLosses, postgresRestarts, seed } = options;
  console.log(
    `${kills} kills, ${redisRestarts} restarts of Redis, ${redisLosses} without its data, and ${postgresRestarts} of PostgreSQL: ${rows} calls, ${requests} requests in ${Math.round((performance.now() - startedAt) / 1000)} s, seed ${seed}.`,
  );
  console.log(
    violations.length === 0
      ? "Each call is stored once, and no request was refused because of the rate limit."
      : `${violations.length} violations.`,
  );
  process.exitCode = violations.length === 0 ? 0 : 1;
}

await main();
