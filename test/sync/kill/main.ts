/**
 * Kills consumers of `sync` at random moments, and checks that they have every call anyway: `npm run test:kill`, or
 * `npm run test:kill -- --moments 1000 --seed 1`. The seed repeats the same moments, except for differences in the machine's speed. Exits with 1 when
 * a guarantee is violated.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { divideKills, runCampaigns } from "../../kill/campaigns.js";
import { type CampaignOptions, type CampaignResult, runCampaign } from "./campaign.js";
import type { ConsumerKind } from "./pass.js";
import { Processes } from "./processes.js";

const { values } = parseArgs({
  options: {
    moments: { type: "string", default: "200" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});

/** The kills of each campaign. A campaign reads its history once, so most of any further kills would occur with little left to read. */
const MOMENTS_PER_CAMPAIGN = 20;
/** The number of campaigns that run concurrently. Each of them spends much of its time waiting for disks and processes. */
const CONCURRENCY = 2;

const CONSUMERS: readonly ConsumerKind[] = ["at-least-once", "transactional", "reading-ahead"];

function plan(moments: number, seed: number): CampaignOptions[] {
  return divideKills(moments, Math.ceil(moments / MOMENTS_PER_CAMPAIGN), seed).map(({ kills, ...campaign }, index) => ({
    ...campaign,
    consumer: CONSUMERS[index % CONSUMERS.length] ?? "at-least-once",
    moments: kills,
  }));
}

async function run(options: CampaignOptions): Promise<CampaignResult> {
  const processes = new Processes(fileURLToPath(new URL("./consumer-process.js", import.meta.url)));
  try {
    return await runCampaign(options, processes);
  } finally {
    processes.close();
  }
}

/** @throws RangeError when an option is not a whole number, or `--moments` is not positive. */
async function main(): Promise<void> {
  const moments = Number(values.moments);
  const seed = Number(values.seed);
  if (!(Number.isInteger(moments) && moments > 0 && Number.isInteger(seed)))
    throw new RangeError("--moments must be a positive integer, and --seed an integer.");
  const startedAt = performance.now();
  const results = await runCampaigns(plan(moments, seed), CONCURRENCY, run);
  for (const { violations, consumer, seed: campaignSeed } of results)
    for (const violation of violations) console.log(`${consumer}, seed ${campaignSeed}: ${violation}`);
  const sum = (name: "kills" | "killsDuringPass" | "batches" | "repeats" | "rows") =>
    results.reduce((total, result) => total + result[name], 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `${sum("kills")} kills, ${sum("killsDuringPass")} during a pass, ${sum("batches")} batches, ${sum("repeats")} repeats, ${sum("rows")} rows, in ${seconds} s, seed ${seed}`,
  );
  const violations = results.reduce((total, result) => total + result.violations.length, 0);
  console.log(
    violations === 0 ? "No call is missing or wrong, and no committed call was repeated." : `${violations} violations.`,
  );
  process.exitCode = violations === 0 ? 0 : 1;
}

await main();
