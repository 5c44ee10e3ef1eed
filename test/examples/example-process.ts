import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Outcome, outcomeOf } from "../outcome.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Matches variables that a developer may have set, and that tests must not inherit. */
const CONFIGURATION = /^(?:TENCENT|HUAWEI|ITNIOTECH|TWILIO|HOST$|PORT$)/;

/** A running example. */
export interface ExampleProcess {
  child: ChildProcessByStdio<null, Readable, Readable>;
  outcome: Promise<Outcome>;
}

/**
 * Starts an example as a user does. It is killed at the end of the test.
 * @param name the name of its folder, or of its file.
 * @param variables variables that are added to the environment, such as credentials. Credentials of the environment itself are removed.
 */
export function startExample(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): ExampleProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([variable]) => !CONFIGURATION.test(variable)),
  );
  const file = name.endsWith(".ts") ? name : `${name}/run.ts`;
  const child = spawn(process.execPath, ["--import", "tsx", `examples/${file}`, ...args], {
    cwd: root,
    env: { ...inherited, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return { child, outcome: outcomeOf(child) };
}

/** Runs an example and waits for its end. */
export function runExample(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Outcome> {
  return startExample(name, args, variables).outcome;
}
