import { AbortedError } from "../model/errors.js";
import { ExitCode } from "./exit-code.js";

/** A request by the user or the system to end the process. */
export interface Interruption {
  /** Aborted by the first Ctrl-C (SIGINT) or SIGTERM. The second one ends the process immediately. */
  readonly signal: AbortSignal;
  /** The exit code after the interruption; null before it. */
  exitCode(): ExitCode | null;
}

export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  const interrupt = (by: ExitCode) => {
    if (code !== null) process.exit(by);
    code = by;
    // In case the process ends before the command returns.
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

/** Returns the exit code of `work`, or of the interruption. @throws the errors of `work`, except those that the interruption caused. */
export async function interruptible(interruption: Interruption, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    const code = interruption.exitCode();
    // Node has its own AbortError.
    const isInterruption = error instanceof AbortedError || (error instanceof Error && error.name === "AbortError");
    if (code === null || !isInterruption) throw error;
    process.stderr.write("Stopped. Nothing was printed. Run the command again.\n");
    return code;
  }
}
