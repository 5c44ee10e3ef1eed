/**
 * Kills consumers of `sync` at moments of all kinds, and looks whether they have every call all the same: `npm run test:kill`, or
 * `npm run test:kill -- --moments 1000 --seed 1`. The seed brings the same moments back, as far as a machine's time goes. Exits with 1 when a promise
 * is broken.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type CampaignOptions, type CampaignResult, runCampaign } from "./campaign.js";
import type { ConsumerKind } from "./pass.js";
import { Processes } from "./processes.js";

const { values } = parseArgs({
  options: {
    moments: { type: "string", default: "200" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});

/** A campaign reads its history once: with more moments, most of them would come when there is little left to read. */
const MOMENTS_EACH = 20;
/** Each waits for disks and processes much of its time. */
const AT_ONCE = 2;

const CONSUMERS: readonly ConsumerKind[] = ["at-least-once", "transactional", "reading-ahead"];

function plan(moments: number, seed: number): CampaignOptions[] {
  const campaigns = Math.ceil(moments / MOMENTS_EACH);
  return Array.from({ length: campaigns }, (_, index) => ({
    consumer: CONSUMERS[index % CONSUMERS.length] ?? "at-least-once",
    moments: Math.min(MOMENTS_EACH, moments - index * MOMENTS_EACH),
    // Far apart: neighbouring seeds must not bring the same moments.
    seed: seed + index * 1_000_003,
  }));
}

/** Runs campaigns for as long as there are any. */
async function runAll(campaigns: CampaignOptions[]): Promise<(CampaignResult & CampaignOptions)[]> {
  const processes = new Processes(fileURLToPath(new URL("./consumer-process.js", import.meta.url)));
  const results: (CampaignResult & CampaignOptions)[] = [];
  try {
    for (let options = campaigns.shift(); options !== undefined; options = campaigns.shift())
      results.push({ ...options, ...(await runCampaign(options, processes)) });
  } finally {
    processes.close();
  }
  return results;
}

/** @throws RangeError for numbers that make no sense. */
async function main(): Promise<void> {
  const moments = Number(values.moments);
  const seed = Number(values.seed);
  if (!(Number.isInteger(moments) && moments > 0 && Number.isInteger(seed)))
    throw new RangeError("--moments and --seed take whole numbers.");
  const began = performance.now();
  const campaigns = plan(moments, seed);
  // Where one fails, the others clear up first.
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => runAll(campaigns)));
  const results = lanes.flatMap((lane) => {
    if (lane.status === "rejected") throw lane.reason;
    return lane.value;
  });
  for (const { broken, consumer, seed: own } of results)
    for (const promise of broken) console.log(`${consumer}, seed ${own}: ${promise}`);
  const sum = (name: "kills" | "inTheMiddle" | "batches" | "repeats" | "rows") =>
    results.reduce((total, result) => total + result[name], 0);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `${sum("kills")} kills, ${sum("inTheMiddle")} in the middle, ${sum("batches")} batches, ${sum("repeats")} repeats, ${sum("rows")} rows, in ${seconds} s, seed ${seed}`,
  );
  const broken = results.reduce((total, result) => total + result.broken.length, 0);
  console.log(
    broken === 0
      ? "Nothing missing, nothing wrong, nothing repeated that was committed."
      : `${broken} broken promises.`,
  );
  process.exitCode = broken === 0 ? 0 : 1;
}

await main();
