import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The timeout of a program. Some programs download packages from the npm registry. */
const TIMEOUT_MS = 240_000;

/**
 * Runs a program, and returns its standard output.
 * @throws Error that contains the output of a program that failed.
 */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { message, stdout = "", stderr = "" } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message.split("\n", 1)[0] ?? ""}\n${stdout}\n${stderr}`, { cause: error });
  }
}
