import type { Report } from "../index.js";

/** Returns the earliest start of an unsettled interval; null where there is none, or no report. */
export function provisionalFrom(report: Report | null): string | null {
  const starts = report?.accounts.flatMap(({ unsettled }) => unsettled.map(({ from }) => from)) ?? [];
  return earliest(starts);
}

/** Returns the earliest of some times in ISO 8601; null where there are none. */
export function earliest(times: readonly string[]): string | null {
  return times.reduce<string | null>(
    (first, time) => (first === null || Date.parse(time) < Date.parse(first) ? time : first),
    null,
  );
}
