import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Outcome, outcomeOf } from "../outcome.js";

/** The program as it is packed. `npm run test:cli` builds it. */
export const CLI = fileURLToPath(new URL("../../.cli/cli.js", import.meta.url));

export interface RunOptions {
  /** The environment variables, besides those that every process needs. Default none. */
  env?: Readonly<Record<string, string>>;
  /** The working folder. Default: a new, empty folder. */
  cwd?: string;
}

/** Returns an environment with only the variables that Node needs, and the given ones. This machine's credentials, colors and proxies are left out. */
export function environment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined)),
    TZ: "Asia/Shanghai",
    ...env,
  };
}

/** Runs `call-records` with these arguments until it ends. */
export async function run(args: readonly string[], { env, cwd }: RunOptions = {}): Promise<Outcome> {
  const folder = cwd ?? (await newFolder());
  return outcomeOf(
    spawn(process.execPath, [CLI, ...args], { cwd: folder, env: environment(env), stdio: ["ignore", "pipe", "pipe"] }),
  );
}

/** Creates an empty folder, which is removed after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
