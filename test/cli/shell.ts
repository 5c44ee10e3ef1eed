import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type Outcome, outcomeOf } from "../outcome.js";
import { CLI, environment, newFolder, type RunOptions } from "./command.js";

/** Runs a line in bash, with `call-records` on the path. A pipeline fails if one of its commands fails. */
export async function shell(line: string, { env, cwd }: RunOptions = {}): Promise<Outcome> {
  const bin = await newFolder();
  await writeFile(join(bin, "call-records"), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
  const folder = cwd ?? (await newFolder());
  const inherited = environment(env);
  return outcomeOf(
    spawn("bash", ["-o", "pipefail", "-c", line], {
      cwd: folder,
      env: { ...inherited, PATH: `${bin}${delimiter}${inherited.PATH ?? ""}` },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}
