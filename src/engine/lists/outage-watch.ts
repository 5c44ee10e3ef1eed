import type { PlannedWindow } from "./planned-window.js";

/** Number of consecutive windows without a response after which the vendor is considered down. One of them must be distant from the others in the plan. */
const FAILURES_IN_A_ROW = 3;

/**
 * Distinguishes an outage of the vendor from a fault in its data, when consecutive windows fail. One such fault can fail all windows around it. The last
 * window of the count is therefore taken from a distant place in the plan.
 */
export class OutageWatch {
  private failures = 0;
  private hasDistantFailed = false;

  /** Resets the count after a window that was read, or that failed independently of the vendor. */
  reset(): void {
    this.failures = 0;
    this.hasDistantFailed = false;
  }

  /** Whether the next window should be a distant one. */
  get needsDistantWindow(): boolean {
    return this.failures >= FAILURES_IN_A_ROW - 1 && !this.hasDistantFailed;
  }

  /** Counts a window that brought no response. Returns whether the vendor is considered down. */
  count({ failedBefore = false, isDistant = false }: PlannedWindow): boolean {
    // A window that failed in an earlier pass is expected to fail again. It counts only together with others.
    if (failedBefore && this.failures === 0) return false;
    this.failures += 1;
    this.hasDistantFailed ||= isDistant;
    return this.failures >= FAILURES_IN_A_ROW && this.hasDistantFailed;
  }
}
