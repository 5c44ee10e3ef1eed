/** The exit codes of the process. */
export const ExitCode = {
  /** The output is complete. */
  complete: 0,
  failed: 1,
  /** Wrong arguments or configuration: no request was sent. */
  usage: 2,
  /** Some accounts or time ranges are missing; the report lists them. */
  incomplete: 3,
  /** Interrupted by Ctrl-C (SIGINT). */
  interrupted: 130,
  /** Terminated by SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The command line is invalid. The message names the option and its rule. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
