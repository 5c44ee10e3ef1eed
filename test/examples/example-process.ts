import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Outcome, outcomeOf } from "../outcome.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What a developer may have set, and no test may meet. */
const CONFIGURATION = /^(?:TENCENT|HUAWEI|ITNIOTECH|TWILIO|HOST$|PORT$)/;

/** An example that runs. */
export interface ExampleProcess {
  child: ChildProcessByStdio<null, Readable, Readable>;
  outcome: Promise<Outcome>;
}

/**
 * Starts an example as its reader does. It ends with the test.
 * @param name of its folder.
 * @param variables beside the environment's: credentials above all, of which the environment's own count for nothing.
 */
export function startExample(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): ExampleProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([variable]) => !CONFIGURATION.test(variable)),
  );
  const child = spawn(process.execPath, ["--import", "tsx", `examples/${name}/run.ts`, ...args], {
    cwd: root,
    env: { ...inherited, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return { child, outcome: outcomeOf(child) };
}

/** Runs an example to its end. */
export function runExample(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Outcome> {
  return startExample(name, args, variables).outcome;
}
