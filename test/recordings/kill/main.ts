/**
 * Kills processes that archive recordings at random moments, and checks the archive and the vendors' requests: `npm run test:kill:archive`, or
 * `npm run test:kill:archive -- --kills 100 --seed 1`. The seed repeats the same moments, except for differences in the machine's speed. Exits with 1 when a
 * guarantee is violated.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { divideKills, runCampaigns } from "../../kill/campaigns.js";
import { type CampaignResult, runCampaign } from "./campaign.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "10" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});

/** The most kills of a campaign. It archives each recording once, so that further kills would occur with little left to fetch. */
const KILLS_PER_CAMPAIGN = 10;
/** The number of campaigns that run concurrently. Each of them spends much of its time waiting for audio and processes. */
const CONCURRENCY = 2;

/** @throws RangeError when an option is not a whole number, or `--kills` is not positive. */
async function main(): Promise<void> {
  const [kills, seed] = [Number(values.kills), Number(values.seed)];
  if (!(Number.isInteger(kills) && kills > 0 && Number.isInteger(seed)))
    throw new RangeError("--kills must be a positive integer, and --seed an integer.");
  const startedAt = performance.now();
  const script = fileURLToPath(new URL("./archiver-process.js", import.meta.url));
  const campaigns = divideKills(kills, Math.ceil(kills / KILLS_PER_CAMPAIGN), seed);
  const results = await runCampaigns(campaigns, CONCURRENCY, (options) => runCampaign(options, script));
  for (const { violations, seed: campaignSeed } of results)
    for (const violation of violations) console.log(`seed ${campaignSeed}: ${violation}`);
  const sum = (name: Exclude<keyof CampaignResult, "violations">) =>
    results.reduce((total, result) => total + result[name], 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `${kills} kills, ${sum("killsDuringRun")} during a run, ${sum("killsDuringDownload")} during a download, ${sum("killsBeforeMove")} between a line and the move of its file; ${sum("recordings")} recordings, ${sum("fetches")} downloads, in ${seconds} s, seed ${seed}`,
  );
  const violations = results.reduce((total, result) => total + result.violations.length, 0);
  console.log(
    violations === 0
      ? "Each recording is archived once with the vendor's audio, and no complete file was fetched again."
      : `${violations} violations.`,
  );
  process.exitCode = violations === 0 ? 0 : 1;
}

await main();
