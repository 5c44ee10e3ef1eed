import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";

const PAIRS = 21;

/** Measures the time to load the library in a new process, compared with its dependencies. */
export async function coldImport(): Promise<Measurement[]> {
  const pairs: { ours: number; parts: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    pairs.push({ parts: await importMs("axios", "zod", "p-retry"), ours: await importMs("call-records") });
  }
  const value = median(pairs.map(({ ours, parts }) => ours / parts));
  const detail = `${median(pairs.map(({ ours }) => ours)).toFixed(0)} ms, ${median(pairs.map(({ parts }) => parts)).toFixed(0)} ms`;
  return [atMost(1.15, { goal: "cold import ÷ that of axios + zod + p-retry", value, detail })];
}

/** Returns the milliseconds of the imports, without the start of Node. The working directory is the project, where the packages are resolved. */
async function importMs(...names: string[]): Promise<number> {
  const imports = names.map((name) => `import(${JSON.stringify(name)})`).join(", ");
  const script = `const began = performance.now(); await Promise.all([${imports}]); console.log(performance.now() - began);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  return Number(stdout);
}
