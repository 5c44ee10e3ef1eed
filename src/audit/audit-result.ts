import { type Span, toInterval } from "../engine/lists/intervals.js";
import type { SerializedError } from "../model/errors.js";
import type { SyncCoverage } from "../operations/sync/sync-coverage.js";
import { AuditRanges } from "./audit-ranges.js";
import type { AccountAuditReport, AuditDifference } from "./audit-report.js";

/** The maximum number of differences in a report. */
const MAX_DIFFERENCES = 1_000;

/** An account of the client. */
export interface AuditedAccount {
  provider: string;
  account: string;
}

/** The result of the audit of one account so far. */
export class AuditResult {
  readonly counts = { requests: 0, calls: 0, missing: 0, changed: 0, delisted: 0, forgotten: 0, repaired: 0 };
  /** The whole range, until the coverage of the sync is known. */
  ranges: AuditRanges;
  private readonly differences: AuditDifference[] = [];
  private error: SerializedError | undefined;

  constructor(
    readonly owner: AuditedAccount,
    private readonly range: Span,
  ) {
    const interval = toInterval(range);
    this.ranges = new AuditRanges(range, {
      ...owner,
      coverage: [interval],
      unsettled: [],
      missing: [],
      lost: [],
      settledBefore: interval.to,
    });
  }

  /** Sets the ranges by the coverage of the sync. */
  begin(coverage: SyncCoverage): void {
    this.ranges = new AuditRanges(this.range, coverage);
  }

  add(difference: AuditDifference): void {
    this.counts[difference.type] += 1;
    if (this.differences.length < MAX_DIFFERENCES) this.differences.push(difference);
  }

  /** Records an error of the reading. The report contains the first one. */
  note(error: SerializedError | undefined): void {
    this.error ??= error;
  }

  /** Records an error that ended the audit of the account. */
  fail(error: SerializedError): void {
    this.note(error);
    this.ranges.stop();
  }

  report(): AccountAuditReport {
    const { comparedIntervals, notCompared, isComplete } = this.ranges;
    const isFailed = this.error !== undefined && comparedIntervals.length === 0;
    return {
      account: this.owner.account,
      provider: this.owner.provider,
      status: isFailed ? "failed" : isComplete && this.error === undefined ? "complete" : "partial",
      ...(this.error === undefined ? {} : { error: this.error }),
      ...this.counts,
      differences: [...this.differences],
      compared: comparedIntervals,
      notCompared,
    };
  }
}
