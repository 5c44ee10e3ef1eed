import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord, CallRecordsClient } from "call-records";
import type { VendorEmulator } from "call-records/testing";
import { Random } from "../../../src/testing/data/random.js";
import { clockFrom, openClient, VENDORS, type Vendors } from "./account.js";
import { readRows, storeIn } from "./at-least-once.js";
import { CALLS_DAYS, HISTORY_DAYS, SETTLED_AFTER, START, startCampaignVendors } from "./campaign-vendors.js";
import type { ConsumerKind, Pass } from "./pass.js";
import { AFTER_THE_PASS, type Kill, type KillPoint, type Processes } from "./processes.js";
import { checkDeliveries } from "./guarantees.js";
import { readLedger } from "./transactional.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The options of a campaign, which kills one consumer repeatedly and then lets it finish. */
export interface CampaignOptions {
  consumer: ConsumerKind;
  moments: number;
  seed: number;
}

export interface CampaignResult {
  kills: number;
  /** The number of kills during a batch or between two batches. */
  killsDuringPass: number;
  batches: number;
  rows: number;
  repeats: number;
  violations: string[];
}

export async function runCampaign(
  { consumer, moments, seed }: CampaignOptions,
  processes: Processes,
): Promise<CampaignResult> {
  const random = new Random(seed);
  const folder = await mkdtemp(join(tmpdir(), "call-records-kill-"));
  const time = { clock: clockFrom(START) };
  const emulator = await startCampaignVendors(random, () => time.clock.now());
  try {
    const kills: Kill[] = [];
    const pass = (now: number): Pass => {
      time.clock = clockFrom(now);
      emulator.clearRequests();
      return {
        vendors: vendorsAt(emulator, now),
        consumer,
        folder,
        from: new Date(START - HISTORY_DAYS * DAY).toISOString(),
        run: kills.length,
      };
    };
    let now = START;
    for (let moment = 0; moment < moments; moment += 1) {
      now += random.integer(1, 8) * HOUR;
      kills.push(await processes.run(pass(now), killPointFrom(random)));
    }
    // A consumer that reads ahead may never commit the last batches.
    const last = {
      ...pass(START + SETTLED_AFTER),
      ...(consumer === "reading-ahead" ? { consumer: "at-least-once" as const } : {}),
    };
    kills.push(await processes.run(last, AFTER_THE_PASS));
    const client = openClient(last.vendors);
    try {
      const killsDuringPass = kills.filter(({ batch, hadFinished }) => batch > 0 && !hadFinished).length;
      const batches = kills.reduce((sum, { batch }) => sum + batch, 0);
      return { kills: moments, killsDuringPass, batches, ...(await check(client, emulator, last, kills)) };
    } finally {
      await client.close();
    }
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function vendorsAt({ endpoints, credentials }: VendorEmulator, now: number): Vendors {
  return { endpoints, credentials, now };
}

function killPointFrom(random: Random): KillPoint {
  const batches = random.weighted([
    [0, 2],
    [random.integer(1, 8), 16],
    [random.integer(9, 60), 2],
  ]);
  return { batches, delayMs: batches === 0 ? random.integer(0, 40) : random.integer(0, 12) };
}

/** Compares the consumer's rows with the vendors' calls and with the coverage that the library reports. */
async function check(
  client: CallRecordsClient,
  emulator: VendorEmulator,
  { consumer, folder, from, vendors }: Pass,
  kills: readonly Kill[],
) {
  const truth: CallRecord[] = [];
  for await (const record of client.records({ from, to: new Date(vendors.now) })) truth.push(record);
  const ledger = consumer === "transactional" ? await readLedger(folder) : null;
  const result = checkDeliveries(
    ledger?.rows ?? (await readRows(folder)),
    truth,
    kills.map(({ batch }) => batch),
    consumer,
  );
  const listed = VENDORS.flatMap((vendor) => emulator.truth[vendor].calls).filter(
    ({ startedAt }) => startedAt >= new Date(from),
  );
  if (truth.length !== listed.length)
    result.violations.push(`the vendors have ${listed.length} calls, of which ${truth.length} were read`);

  const accounts = await client.coverage(ledger === null ? storeIn(folder) : Object.values(ledger.checkpoints));
  for (const { account: label, coverage, missing, lost } of accounts) {
    const [first] = coverage;
    if (first?.from !== from || Date.parse(first.to) < START + CALLS_DAYS * DAY)
      result.violations.push(`${label}: the coverage is incomplete: ${JSON.stringify(coverage)}`);
    if (lost.length > 0 || missing.some(({ from: since }) => Date.parse(since) < vendors.now))
      result.violations.push(`${label}: missing or lost: ${JSON.stringify({ missing, lost })}`);
  }
  const expected = ledger === null ? ["checkpoints", "rows"] : ["ledger"];
  const unexpected = (await readdir(folder)).filter((name) => !expected.includes(name));
  if (unexpected.length > 0) result.violations.push(`unexpected files: ${unexpected.join(", ")}`);
  return result;
}
