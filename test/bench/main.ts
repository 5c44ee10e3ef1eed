/**
 * Measures the library against its goals: `npm run bench`, or `npm run bench -- --only pace --only reading --json results.json`. A goal that fails is marked in the
 * table, and does not fail the run.
 */
import { open, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { accounts } from "./goals/accounts.js";
import { auditMemory } from "./goals/audit-memory.js";
import { coldImport } from "./goals/cold-import.js";
import { exactJson } from "./goals/exact-json.js";
import { firstRecord } from "./goals/first-record.js";
import { firstRequest } from "./goals/first-request.js";
import { fleet } from "./goals/fleet.js";
import { help } from "./goals/help.js";
import { install } from "./goals/install.js";
import { memory } from "./goals/memory.js";
import { metrics } from "./goals/metrics.js";
import { pace } from "./goals/pace.js";
import { parquet } from "./goals/parquet.js";
import { reading } from "./goals/reading.js";
import { sharedPace } from "./goals/shared-pace.js";
import { sql } from "./goals/sql.js";
import { sqlMemory } from "./goals/sql-memory.js";
import { timeOrder } from "./goals/time-order.js";
import { wholeClient } from "./goals/whole-client.js";
import { windows } from "./goals/windows.js";
import type { Measurement } from "./measurement.js";
import { progress } from "./progress.js";
import { printTable } from "./table.js";

type Goals = Readonly<Record<string, () => Promise<Measurement[]>>>;

/** The goals, in stages that run one after the other. Goals in one stage run in parallel, because they mostly wait for responses, or do not measure time. */
const STAGES: readonly Goals[] = [
  { pace },
  { "shared-pace": sharedPace },
  { windows, "first-record": firstRecord },
  { reading },
  { "exact-json": exactJson },
  { accounts },
  { "whole-client": wholeClient },
  { memory, install },
  { parquet },
  { metrics },
  { sql },
  { "time-order": timeOrder },
  { "cold-import": coldImport },
  { help },
  { "first-request": firstRequest },
];

/** Goals that take many minutes. They are measured only if they are named. */
const LONG: Goals = { "sql-memory": sqlMemory, "audit-memory": auditMemory, fleet };

interface Options {
  json: string | undefined;
  only: readonly string[];
}

/** Parses the command line. @throws TypeError that names an unknown option or goal. */
function readOptions(): Options {
  const { values } = parseArgs({ options: { json: { type: "string" }, only: { type: "string", multiple: true } } });
  const usual = STAGES.flatMap((goals) => Object.keys(goals));
  const known = [...usual, ...Object.keys(LONG)];
  const only = values.only ?? usual;
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`There is no goal '${unknown}'. The goals are ${known.join(", ")}.`);
  return { json: values.json, only };
}

/**
 * Checks that the file for the results is writable, before the measurements take minutes. It is opened for appending, so the results of an earlier run remain.
 * @throws Error that names the file.
 */
async function checkWritable(file: string): Promise<void> {
  try {
    const opened = await open(file, "a");
    await opened.close();
  } catch (error) {
    throw new Error(
      `The results cannot be written to '${file}': ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

async function measure(goals: Goals, only: readonly string[]): Promise<Measurement[]> {
  const wanted = Object.entries(goals).filter(([name]) => only.includes(name));
  const measured = await Promise.all(
    wanted.map(async ([name, goal]) => {
      const began = performance.now();
      progress(`${name} …`);
      const measurements = await goal();
      progress(`${name}: ${Math.round((performance.now() - began) / 1000)} s`);
      return measurements;
    }),
  );
  return measured.flat();
}

async function main({ json, only }: Options): Promise<void> {
  if (json !== undefined) await checkWritable(json);
  const measurements: Measurement[] = [];
  for (const goals of [...STAGES, LONG]) measurements.push(...(await measure(goals, only)));
  console.log(printTable(measurements));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(measurements, null, 2)}\n`);
}

try {
  await main(readOptions());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  // Other goals may still be running. Their processes end with this one.
  process.exit(1);
}
