import type { ReceivedRequest } from "call-records/testing";
import { type AudioKey, keyOfRequest } from "./emulated-audio.js";

/** Counts the downloads of each recording over all runs, and compares them with what was complete. */
export class FetchCounter {
  private readonly fetches = new Map<AudioKey, number>();
  /** The number of runs that began while a recording was not complete. Each of them may fetch it once. */
  private readonly allowed: Map<AudioKey, number>;

  constructor(private readonly expected: ReadonlySet<AudioKey>) {
    this.allowed = new Map([...expected].map((key) => [key, 0]));
  }

  /** The number of all downloads. */
  get total(): number {
    return [...this.fetches.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Counts the requests of one run. The last ones of a killed process may arrive during the next run. They are for recordings that were not complete.
   * @param complete the recordings that were complete before the run.
   * @returns the violations: downloads of these.
   */
  count(requests: readonly ReceivedRequest[], complete: ReadonlySet<AudioKey>): string[] {
    for (const key of this.expected) if (!complete.has(key)) this.allowed.set(key, (this.allowed.get(key) ?? 0) + 1);
    const violations: string[] = [];
    for (const key of requests.map(keyOfRequest)) {
      if (key === null) continue;
      this.fetches.set(key, (this.fetches.get(key) ?? 0) + 1);
      if (complete.has(key)) violations.push(`${key} was complete, and was fetched again`);
    }
    return violations;
  }

  /** Returns the violations of the whole campaign: recordings that were never fetched, or twice in one run. */
  check(): string[] {
    const keys = new Set([...this.expected, ...this.fetches.keys()]);
    return [...keys].flatMap((key) => {
      const [fetches, allowed] = [this.fetches.get(key) ?? 0, this.allowed.get(key) ?? 0];
      if (fetches === 0) return [`${key} was archived without a download`];
      return fetches > allowed ? [`${key} was fetched ${fetches} times by ${allowed} runs`] : [];
    });
  }
}
