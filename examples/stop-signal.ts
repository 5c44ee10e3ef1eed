/**
 * A signal that is aborted by Ctrl-C, or by SIGTERM, with which cron, systemd and Kubernetes end a job. The exit code of the stopped process is then 130 or 143,
 * as in shells.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      process.exitCode = exitCode;
      stop.abort();
    });
  }
  return stop.signal;
}
