import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";

const PAIRS = 21;
const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** Measures the time of `call-records --help`, compared with a Node process that does nothing. */
export async function help(): Promise<Measurement[]> {
  const pairs: { ours: number; bare: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    pairs.push({ bare: await processMs("--eval", "0"), ours: await processMs(CLI, "--help") });
  }
  const value = median(pairs.map(({ ours, bare }) => ours / bare));
  const detail = `${median(pairs.map(({ ours }) => ours)).toFixed(0)} ms, ${median(pairs.map(({ bare }) => bare)).toFixed(0)} ms`;
  return [atMost(2.5, { goal: "call-records --help ÷ node -e 0", value, detail })];
}

/** Returns the milliseconds of a process, including its start and end. */
async function processMs(...args: string[]): Promise<number> {
  const began = performance.now();
  await promisify(execFile)(process.execPath, args);
  return performance.now() - began;
}
