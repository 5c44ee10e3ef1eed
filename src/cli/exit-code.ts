/** With which the process ends. */
export const ExitCode = {
  /** Everything that was asked for. */
  whole: 0,
  failed: 1,
  /** Wrong arguments or configuration: nothing was sent. */
  usage: 2,
  /** Some accounts or windows are missing; the report says which. */
  incomplete: 3,
  /** By Ctrl-C (SIGINT). */
  interrupted: 130,
  /** By SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
