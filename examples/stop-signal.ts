/**
 * Aborted by Ctrl-C, or by SIGTERM, as cron, systemd and Kubernetes end a job. What was told to stop has not done its work: the exit code is then the one by
 * which shells know that, 130 or 143.
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
