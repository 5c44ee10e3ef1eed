import type { PlannedWindow } from "./list-plan.js";

/** Number of consecutive windows without a response after which the vendor is considered down. One of them must be elsewhere. */
const FAILURES_IN_A_ROW = 3;

/**
 * Decides whether windows that fail one after another are an outage of the vendor, or a fault of its data that fails the windows around it.
 * Neighbouring windows can all fail for one fault. So the last window of the count is one from elsewhere in the plan.
 */
export class OutageWatch {
  private failures = 0;
  private hasFailedElsewhere = false;

  /** A window was answered, or failed for a reason of its own. */
  reset(): void {
    this.failures = 0;
    this.hasFailedElsewhere = false;
  }

  /** Whether the next window should be one from elsewhere. */
  get wantsElsewhere(): boolean {
    return this.failures >= FAILURES_IN_A_ROW - 1 && !this.hasFailedElsewhere;
  }

  /** Counts a window that brought no response. Returns whether the vendor is considered down. */
  count({ failedBefore = false, elsewhere = false }: PlannedWindow): boolean {
    // A window that failed in an earlier pass is expected to fail again. It counts only together with others.
    if (failedBefore && this.failures === 0) return false;
    this.failures += 1;
    this.hasFailedElsewhere ||= elsewhere;
    return this.failures >= FAILURES_IN_A_ROW && this.hasFailedElsewhere;
  }
}
