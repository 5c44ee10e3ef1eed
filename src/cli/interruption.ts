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
