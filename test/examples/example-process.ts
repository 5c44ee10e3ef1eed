import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs an example as its reader does, with these variables in its environment. @throws what it was rejected with when it does not end well. */
export function runExample(path: string, variables: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ["--import", "tsx", path], { cwd: root, env: { ...process.env, ...variables }, maxBuffer: 2 ** 26 });
}
