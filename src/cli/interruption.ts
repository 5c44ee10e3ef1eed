import { AbortedError } from "../model/errors.js";
import { ExitCode } from "./exit-code.js";

/** Whether the user, or the system, wants the process to end. */
export interface Interruption {
  /** Aborted by the first Ctrl-C (SIGINT) or SIGTERM. The second ends the process at once. */
  readonly signal: AbortSignal;
  /** With which to end, once it has been aborted; else null. */
  exitCode(): ExitCode | null;
}

export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  const interrupt = (by: ExitCode) => {
    if (code !== null) process.exit(by);
    code = by;
    // For what may end the process before its work does.
    process.exitCode = by;
    controller.abort();
  };
  process.on("SIGINT", () => {
    interrupt(ExitCode.interrupted);
  });
  process.on("SIGTERM", () => {
    interrupt(ExitCode.terminated);
  });
  return { signal: controller.signal, exitCode: () => code };
}

/** The code with which the work ends, or with which it was interrupted. @throws what it throws of its own accord. */
export async function interruptible(interruption: Interruption, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    const code = interruption.exitCode();
    // Node has such an error of its own.
    const isInterruption = error instanceof AbortedError || (error instanceof Error && error.name === "AbortError");
    if (code === null || !isInterruption) throw error;
    process.stderr.write("Stopped. Nothing was printed: give the command again.\n");
    return code;
  }
}
