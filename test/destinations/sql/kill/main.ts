/**
 * Kills processes that write to PostgreSQL, MariaDB and SQLite at random moments, makes others sleep for longer than their lease, and checks the tables:
 * `npm run test:kill:databases`, or `npm run test:kill:databases -- --kills 200 --lease-seconds 1 --seed 1`. The seed repeats the same moments, except for differences in the
 * machine's speed. Exits with 1 when a guarantee is violated. The servers are those of `npm run test:services`.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { divideKills, runCampaigns } from "../../../kill/campaigns.js";
import { type CampaignOptions, type CampaignResult, runCampaign } from "./campaign.js";
import { DATABASES } from "./target.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    "lease-seconds": { type: "string", default: "2" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});

/** The most kills of a campaign. It reads its history once, so that further kills would occur with little left to read. */
const KILLS_PER_CAMPAIGN = 12;
const SLEEPS_PER_CAMPAIGN = 1;
/** The number of campaigns that run concurrently. Each of them spends much of its time waiting for leases. */
const CONCURRENCY = 3;

function plan(kills: number, leaseSeconds: number, seed: number): CampaignOptions[] {
  const campaigns = Math.ceil(kills / KILLS_PER_CAMPAIGN / DATABASES.length) * DATABASES.length;
  return divideKills(kills, campaigns, seed).map((campaign, index) => ({
    ...campaign,
    database: DATABASES[index % DATABASES.length] ?? "SQLite",
    sleeps: SLEEPS_PER_CAMPAIGN,
    leaseSeconds,
  }));
}

type Done = CampaignResult & CampaignOptions;

/** @throws RangeError when an option is not a whole number, or not positive. */
async function main(): Promise<void> {
  const [kills, leaseSeconds, seed] = [Number(values.kills), Number(values["lease-seconds"]), Number(values.seed)];
  if (![kills, leaseSeconds].every((value) => Number.isInteger(value) && value > 0) || !Number.isInteger(seed))
    throw new RangeError("--kills and --lease-seconds must be positive integers, and --seed an integer.");
  const startedAt = performance.now();
  const script = fileURLToPath(new URL("./writer-process.js", import.meta.url));
  const results = await runCampaigns(plan(kills, leaseSeconds, seed), CONCURRENCY, (options) =>
    runCampaign(options, script),
  );
  for (const { violations, database, seed: campaignSeed } of results)
    for (const violation of violations) console.log(`${database}, seed ${campaignSeed}: ${violation}`);
  for (const database of DATABASES) {
    const own = results.filter((result) => result.database === database);
    const sum = (name: { [Name in keyof Done]: Done[Name] extends number ? Name : never }[keyof Done]) =>
      own.reduce((total, result) => total + result[name], 0);
    console.log(
      `${database}: ${sum("kills")} kills, ${sum("killsDuringPass")} during a pass, ${sum("killsDuringWrite")} during a write; ${sum("sleeps")} sleepers, ${sum("refusedSleepers")} refused; ${sum("writes")} writes, ${sum("rows")} rows`,
    );
  }
  const violations = results.reduce((total, result) => total + result.violations.length, 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `${violations === 0 ? "Each call is stored once, and no checkpoint is ahead of the rows" : `${violations} violations`}: ${kills} kills in ${seconds} s, seed ${seed}.`,
  );
  process.exitCode = violations === 0 ? 0 : 1;
}

await main();
