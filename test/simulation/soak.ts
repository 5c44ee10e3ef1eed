/**
 * Runs schedules on all processors: `npm run soak -- --schedules 100000 --seconds 3600 --seed 1`. By default they test `records`, with `--of sync` they test `sync`.
 * After a violation it prints the shrunk schedule and the seed that reproduces it, and exits with 1.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { addUp, emptyCounter, hasNoViolations, type ScheduleCounter } from "./property.js";
import { addUpSyncs, emptySyncCounter, syncHasNoViolations, type SyncCounter } from "./sync-property.js";

const { values } = parseArgs({
  options: {
    of: { type: "string", default: "records" },
    schedules: { type: "string", default: "10000" },
    seconds: { type: "string", default: "3600" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    /** The number of a worker process. The main process sets it. */
    place: { type: "string" },
  },
});

interface Part {
  records: ScheduleCounter;
  syncs: SyncCounter;
  /** The violation that was found; null if there is none. */
  violation: string | null;
}

/** Runs schedules in this process. */
async function soak(schedules: number, seconds: number, seed: number): Promise<Part> {
  let [records, syncs] = [emptyCounter, emptySyncCounter];
  const parameters = { numRuns: schedules, seed, interruptAfterTimeLimit: seconds * 1000 };
  const recordsProperty = hasNoViolations((one) => {
    records = addUp([records, one]);
  });
  const syncsProperty = syncHasNoViolations((one) => {
    syncs = addUpSyncs([syncs, one]);
  });
  const violation =
    values.of === "sync"
      ? await findViolation(syncsProperty, parameters)
      : await findViolation(recordsProperty, parameters);
  return { records, syncs, violation };
}

async function findViolation<Case>(
  property: fc.IAsyncProperty<[Case]>,
  parameters: fc.Parameters<[Case]>,
): Promise<string | null> {
  const found = await fc.check(property, parameters);
  return found.failed ? `${fc.defaultReportMessage(found) ?? ""}\n${String(found.errorInstance)}` : null;
}

/** Runs a share of the schedules in another process. */
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
      reject(new Error(`A worker process exited with ${String(code)} before it reported its result.`));
    });
  });
}

async function main(): Promise<void> {
  const schedules = Number(values.schedules);
  if (!(schedules > 0) || !(Number(values.seconds) > 0) || !Number.isInteger(Number(values.seed)))
    throw new RangeError("--schedules and --seconds must be positive numbers, and --seed an integer.");
  if (values.of !== "records" && values.of !== "sync") throw new RangeError("--of must be records or sync.");
  if (values.place !== undefined) {
    // The seeds of the workers are far apart, because adjacent seeds could generate the same schedules.
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
  for (const { violation } of parts) if (violation !== null) console.log(violation);
  console.log(`${run + syncs.lives} schedules in ${seconds} s on ${processes} processors, seed ${values.seed}`);
  if (values.of === "sync")
    console.log(
      `${syncs.passes} passes, ${syncs.cutShort} of them ended early, ${syncs.updates} updates, ${syncs.repeats} repeated calls of batches that were not committed`,
    );
  else
    console.log(
      `${requests} requests, ${retries} retries, ${records} records, ${cutShort} readings ended early, ${Math.round(hoursCovered)} hours covered`,
    );
  const violations = parts.filter((part) => part.violation !== null).length;
  console.log(violations === 0 ? "No violations." : `${violations} violations.`);
  process.exitCode = violations === 0 ? 0 : 1;
}

await main();
