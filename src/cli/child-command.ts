import { spawn } from "node:child_process";
import { constants } from "node:os";
import { UsageError } from "./exit-code.js";

/** The offset of the exit code of a process that a signal ended, as in shells. */
const SIGNAL_CODE = 128;

/**
 * Runs a program with additional environment variables, with this process's standard streams. Passes SIGTERM, SIGHUP and SIGINT on to it, except for the Ctrl-C of
 * a terminal, which reaches it anyway.
 * @returns its exit code, or 128 plus the number of the signal that ended it.
 * @throws UsageError if the program cannot be started.
 */
export async function runChild(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...variables } });
  const forward = (signal: NodeJS.Signals) => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", (error) => {
        reject(new UsageError(`emulator: the command \`${program}\` cannot be started (${error.message}).`));
      });
      child.once("exit", (code, signal) => {
        resolve(code ?? SIGNAL_CODE + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}
