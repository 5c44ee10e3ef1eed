/**
 * Runs as many schedules as asked, on every processor: `npm run soak -- --schedules 100000 --seconds 3600 --seed 1`. When a promise is broken, it prints the
 * schedule, shrunk, with the seed that brings it back, and exits with 1.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { addUp, emptyTally, keepsItsPromises, type Tally } from "./property.js";

const { values } = parseArgs({
  options: {
    schedules: { type: "string", default: "10000" },
    seconds: { type: "string", default: "3600" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    /** Of several processes that share the work, this one's place. Set by the first. */
    place: { type: "string" },
  },
});

interface Part {
  tally: Tally;
  /** What was found to be broken; null: nothing. */
  broken: string | null;
}

/** Runs schedules in this process. */
async function soak(schedules: number, seconds: number, seed: number): Promise<Part> {
  let tally = emptyTally;
  const property = keepsItsPromises((one) => {
    tally = addUp([tally, one]);
  });
  const found = await fc.check(property, { numRuns: schedules, seed, interruptAfterTimeLimit: seconds * 1000 });
  return { tally, broken: found.failed ? `${fc.defaultReportMessage(found) ?? ""}\n${String(found.errorInstance)}` : null };
}

/** Lets another process run its share. */
function soakElsewhere(place: number, schedules: number): Promise<Part> {
  const args = ["--place", String(place), "--schedules", String(schedules), "--seconds", values.seconds, "--seed", values.seed];
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
  if (!(schedules > 0) || !(Number(values.seconds) > 0) || !Number.isInteger(Number(values.seed))) throw new RangeError("--schedules, --seconds and --seed take numbers.");
  if (values.place !== undefined) {
    // Far apart: neighbouring seeds must not bring the same schedules.
    process.send?.(await soak(schedules, Number(values.seconds), Number(values.seed) + Number(values.place) * 1_000_003));
    return;
  }
  const processes = availableParallelism();
  const began = performance.now();
  const parts = await Promise.all(Array.from({ length: processes }, (_, place) => soakElsewhere(place, Math.ceil(schedules / processes))));
  const { requests, retries, records, cutShort, hoursCovered, schedules: run } = addUp(parts.map(({ tally }) => tally));
  const seconds = Math.round((performance.now() - began) / 1000);
  for (const { broken } of parts) if (broken !== null) console.log(broken);
  console.log(`${run} schedules in ${seconds} s on ${processes} processors, seed ${values.seed}`);
  console.log(`${requests} requests, ${retries} retries, ${records} records, ${cutShort} calls cut short, ${Math.round(hoursCovered)} hours called covered`);
  const broken = parts.filter((part) => part.broken !== null).length;
  console.log(broken === 0 ? "Nothing lost, nothing repeated, nothing claimed falsely." : `${broken} broken promises.`);
  process.exitCode = broken === 0 ? 0 : 1;
}

await main();
