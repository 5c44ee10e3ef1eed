/**
 * Runs as many schedules as asked, on every processor: `npm run soak -- --schedules 100000 --seconds 3600 --seed 1`; of `records`, or of `sync` with
 * `--of sync`. When a promise is broken, it prints the schedule, shrunk, with the seed that brings it back, and exits with 1.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { addUp, emptyTally, keepsItsPromises, type UsageCounter } from "./property.js";
import { addUpSyncs, emptySyncTally, syncKeepsItsPromises, type SyncTally } from "./sync-property.js";

const { values } = parseArgs({
  options: {
    of: { type: "string", default: "records" },
    schedules: { type: "string", default: "10000" },
    seconds: { type: "string", default: "3600" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    /** Of several processes that share the work, this one's place. Set by the first. */
    place: { type: "string" },
  },
});

interface Part {
  records: UsageCounter;
  syncs: SyncTally;
  /** What was found to be broken; null: nothing. */
  broken: string | null;
}

/** Runs schedules in this process. */
async function soak(schedules: number, seconds: number, seed: number): Promise<Part> {
  let [records, syncs] = [emptyTally, emptySyncTally];
  const parameters = { numRuns: schedules, seed, interruptAfterTimeLimit: seconds * 1000 };
  const ofRecords = keepsItsPromises((one) => {
    records = addUp([records, one]);
  });
  const ofSyncs = syncKeepsItsPromises((one) => {
    syncs = addUpSyncs([syncs, one]);
  });
  const broken = values.of === "sync" ? await findBroken(ofSyncs, parameters) : await findBroken(ofRecords, parameters);
  return { records, syncs, broken };
}

async function findBroken<Case>(
  property: fc.IAsyncProperty<[Case]>,
  parameters: fc.Parameters<[Case]>,
): Promise<string | null> {
  const found = await fc.check(property, parameters);
  return found.failed ? `${fc.defaultReportMessage(found) ?? ""}\n${String(found.errorInstance)}` : null;
}

/** Lets another process run its share. */
function soakElsewhere(place: number, schedules: number): Promise<Part> {
  const args = [
    "--of",
    values.of,
    "--place",
    String(place),
    "--schedules",
    String(schedules),
    "--seconds",
    values.seconds,
    "--seed",
    values.seed,
  ];
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), args);
    child.once("message", (part) => {
      resolve(part as Part);
    });
    child.once("exit", (code) => {
      reject(new Error(`A process ended with ${String(code)} before it had told what it found.`));
    });
  });
}

async function main(): Promise<void> {
  const schedules = Number(values.schedules);
  if (!(schedules > 0) || !(Number(values.seconds) > 0) || !Number.isInteger(Number(values.seed)))
    throw new RangeError("--schedules, --seconds and --seed take numbers.");
  if (values.of !== "records" && values.of !== "sync") throw new RangeError("--of takes records or sync.");
  if (values.place !== undefined) {
    // Far apart: neighbouring seeds must not bring the same schedules.
    process.send?.(
      await soak(schedules, Number(values.seconds), Number(values.seed) + Number(values.place) * 1_000_003),
    );
    return;
  }
  const processes = availableParallelism();
  const began = performance.now();
  const parts = await Promise.all(
    Array.from({ length: processes }, (_, place) => soakElsewhere(place, Math.ceil(schedules / processes))),
  );
  const {
    requests,
    retries,
    records,
    cutShort,
    hoursCovered,
    schedules: run,
  } = addUp(parts.map((part) => part.records));
  const syncs = addUpSyncs(parts.map((part) => part.syncs));
  const seconds = Math.round((performance.now() - began) / 1000);
  for (const { broken } of parts) if (broken !== null) console.log(broken);
  console.log(`${run + syncs.lives} schedules in ${seconds} s on ${processes} processors, seed ${values.seed}`);
  if (values.of === "sync")
    console.log(
      `${syncs.passes} passes, ${syncs.cutShort} of them cut short, ${syncs.updates} updates, ${syncs.repeats} repeats of what was not committed`,
    );
  else
    console.log(
      `${requests} requests, ${retries} retries, ${records} records, ${cutShort} calls cut short, ${Math.round(hoursCovered)} hours called covered`,
    );
  const broken = parts.filter((part) => part.broken !== null).length;
  console.log(broken === 0 ? "Nothing lost, nothing repeated, nothing claimed falsely." : `${broken} broken promises.`);
  process.exitCode = broken === 0 ? 0 : 1;
}

await main();
