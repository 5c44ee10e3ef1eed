import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord, CallRecordsClient } from "call-records";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { Random } from "../../../src/testing/data/random.js";
import { clockFrom, openClient, VENDORS, type Vendors } from "./account.js";
import { readRows, storeIn } from "./at-least-once.js";
import { callsAround } from "./calls.js";
import type { ConsumerKind, Pass } from "./pass.js";
import { AT_THE_END, type Killed, type Moment, type Processes } from "./processes.js";
import { classify } from "./promises.js";
import { readLedger } from "./transactional.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse("2026-11-20T04:00:00Z");
const HISTORY_DAYS = 20;
/** The campaign's own calls: three days before, and all the time that its processes may take. */
const CALLS_DAYS = 12;
/** Nothing appears or changes any more. */
const SETTLED_AFTER = 16 * DAY;

/** One consumer, killed again and again, until it is let be. */
export interface CampaignOptions {
  consumer: ConsumerKind;
  moments: number;
  seed: number;
}

export interface CampaignResult {
  kills: number;
  /** Killed with a batch in hand, or between two. */
  inTheMiddle: number;
  batches: number;
  rows: number;
  repeats: number;
  broken: string[];
}

export async function runCampaign(
  { consumer, moments, seed }: CampaignOptions,
  processes: Processes,
): Promise<CampaignResult> {
  const random = new Random(seed);
  const folder = await mkdtemp(join(tmpdir(), "call-records-kill-"));
  const time = { clock: clockFrom(START) };
  const emulator = await startVendorEmulator({
    seed: random.seed(),
    now: () => time.clock.now(),
    days: HISTORY_DAYS,
    callsPerDay: 30,
    activeCalls: 0,
    requestsPerSecond: { "huawei-cec": Infinity, itniotech: Infinity },
    filterTime: random.pick(["start", "end"]),
    calls: callsAround(START, CALLS_DAYS, random),
  });
  try {
    const killed: Killed[] = [];
    const pass = (now: number): Pass => {
      time.clock = clockFrom(now);
      emulator.clearRequests();
      return {
        vendors: vendorsAt(emulator, now),
        consumer,
        folder,
        from: new Date(START - HISTORY_DAYS * DAY).toISOString(),
        run: killed.length,
      };
    };
    let now = START;
    for (let moment = 0; moment < moments; moment += 1) {
      now += random.integer(1, 8) * HOUR;
      killed.push(await processes.run(pass(now), momentFrom(random)));
    }
    // One that reads ahead may never commit what comes last.
    const last = {
      ...pass(START + SETTLED_AFTER),
      ...(consumer === "reading-ahead" ? { consumer: "at-least-once" as const } : {}),
    };
    killed.push(await processes.run(last, AT_THE_END));
    const client = openClient(last.vendors);
    try {
      const inTheMiddle = killed.filter(({ batch, hadDone }) => batch > 0 && !hadDone).length;
      const batches = killed.reduce((sum, { batch }) => sum + batch, 0);
      return { kills: moments, inTheMiddle, batches, ...(await account(client, emulator, last, killed)) };
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

function momentFrom(random: Random): Moment {
  const batches = random.weighted([
    [0, 2],
    [random.integer(1, 8), 16],
    [random.integer(9, 60), 2],
  ]);
  return { batches, delayMs: batches === 0 ? random.integer(0, 40) : random.integer(0, 12) };
}

/** Compares what the consumer has with what the vendors have, and with what the library claims. */
async function account(
  client: CallRecordsClient,
  emulator: VendorEmulator,
  { consumer, folder, from, vendors }: Pass,
  killed: readonly Killed[],
) {
  const truth: CallRecord[] = [];
  for await (const record of client.records({ from, to: new Date(vendors.now) })) truth.push(record);
  const ledger = consumer === "transactional" ? await readLedger(folder) : null;
  const judged = classify(
    ledger?.rows ?? (await readRows(folder)),
    truth,
    killed.map(({ batch }) => batch),
    consumer !== "transactional",
  );
  const listed = VENDORS.flatMap((vendor) => emulator.truth[vendor].calls).filter(
    ({ startedAt }) => startedAt >= new Date(from),
  );
  if (truth.length !== listed.length)
    judged.broken.push(`the vendors have ${listed.length} calls, of which ${truth.length} were read`);

  const claimed = await client.coverage(ledger === null ? storeIn(folder) : Object.values(ledger.checkpoints));
  for (const { account: label, coverage, missing, lost } of claimed) {
    const [first] = coverage;
    if (first?.from !== from || Date.parse(first.to) < START + CALLS_DAYS * DAY)
      judged.broken.push(`${label}: not all is claimed: ${JSON.stringify(coverage)}`);
    if (lost.length > 0 || missing.some(({ from: since }) => Date.parse(since) < vendors.now))
      judged.broken.push(`${label}: missing or lost: ${JSON.stringify({ missing, lost })}`);
  }
  const kept = ledger === null ? ["checkpoints", "rows"] : ["ledger"];
  const left = (await readdir(folder)).filter((name) => !kept.includes(name));
  if (left.length > 0) judged.broken.push(`left behind: ${left.join(", ")}`);
  return judged;
}
