import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Outcome, outcomeOf } from "../outcome.js";

/** The program as it is packed; `npm run test:cli` builds it. */
export const CLI = fileURLToPath(new URL("../../.cli/cli.js", import.meta.url));

export interface RunOptions {
  /** The whole environment but for what a process needs to run at all. Default none. */
  env?: Readonly<Record<string, string>>;
  /** The working folder. Default one that is new and empty. */
  cwd?: string;
}

/** Only the variables that Node needs: no credentials, colors or proxy of this machine. */
export function environment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined)),
    TZ: "Asia/Shanghai",
    ...env,
  };
}

/** Runs `call-records` with these arguments, to its end. */
export async function run(args: readonly string[], { env, cwd }: RunOptions = {}): Promise<Outcome> {
  const folder = cwd ?? (await newFolder());
  return outcomeOf(
    spawn(process.execPath, [CLI, ...args], { cwd: folder, env: environment(env), stdio: ["ignore", "pipe", "pipe"] }),
  );
}

/** An empty folder, which is removed after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
