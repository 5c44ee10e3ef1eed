import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { CLI, environment, newFolder, type Outcome, type RunOptions } from "./command.js";

/** Runs a line as a person would paste it: `call-records` is on the path. */
export async function shell(line: string, { env, cwd }: RunOptions = {}): Promise<Outcome> {
  const bin = await newFolder();
  await writeFile(join(bin, "call-records"), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
  const folder = cwd ?? (await newFolder());
  const inherited = environment(env);
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", line], { cwd: folder, env: { ...inherited, PATH: `${bin}${delimiter}${inherited.PATH ?? ""}` }, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (part: string) => (stdout += part));
    child.stderr.setEncoding("utf8").on("data", (part: string) => (stderr += part));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}
