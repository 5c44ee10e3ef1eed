import type { Provider } from "../../contract/provider.js";
import type { AccountReport } from "../../model/account-report.js";
import { type CallRecordsError } from "../../model/errors.js";
import type { Coverage } from "./coverage.js";

/** The progress of one client call for one account. Its report can be created at any time. */
export class Progress {
  readonly counters = { requests: 0, retries: 0, throttles: 0, waitedMs: 0 };
  windows = 0;
  windowsLeft = 0;
  rows = 0;
  duplicates = 0;
  unreadable = 0;
  /** Windows that were closed unverified. */
  unverifiedWindows = 0;
  /** The warnings about requested or listed numbers that are not certain. */
  readonly numberWarnings: string[] = [];
  /** The applications that were discovered; null where the options name them, or before they are known. */
  applications: readonly string[] | null = null;
  private error: CallRecordsError | null = null;
  private state: "running" | "ended" | "failed" | "unsupported" = "running";
  /** Numbers of rows that were delivered to the consumer, and of those that it has finished processing. */
  private delivered = 0;
  private acknowledged = 0;
  private readonly callbacks: { after: number; run: () => void }[] = [];
  private acknowledgesRows = false;
  /** Null before the plan exists, and for a snapshot, which has no coverage. */
  coverage: Coverage | null = null;

  constructor(
    readonly provider: Pick<Provider, "id" | "account" | "secrets">,
    /** The call's id in events. */
    readonly invocation: string,
  ) {}

  /** The first error of a window or of the account; null where nothing failed. */
  get failure(): CallRecordsError | null {
    return this.error;
  }

  /** Records an error. The report contains the first one. Later errors are usually its consequences. */
  note(error: CallRecordsError): void {
    this.error ??= error;
  }

  fail(error: CallRecordsError): void {
    this.note(error);
    this.state = "failed";
  }

  unsupported(error: CallRecordsError): void {
    this.note(error);
    this.state = "unsupported";
  }

  /** Records rows that were delivered to the consumer. Their windows do not count before it has acknowledged them. */
  deliver(rows: number): void {
    this.delivered += rows;
    this.acknowledgesRows = true;
  }

  /** Records rows that the consumer has finished processing. */
  acknowledge(rows: number): void {
    this.acknowledged += rows;
    while (this.callbacks[0] !== undefined && this.callbacks[0].after <= this.acknowledged)
      this.callbacks.shift()?.run();
  }

  /** Runs a callback once all rows delivered so far are acknowledged. */
  afterAcknowledged(run: () => void): void {
    if (this.acknowledged >= this.delivered) run();
    else this.callbacks.push({ after: this.delivered, run });
  }

  /** Records that the consumer has stopped. Windows with unacknowledged rows do not count. */
  stopAcknowledging(): void {
    this.acknowledgesRows = false;
  }

  /** Removes all rows from the report, because they did not reach the consumer. */
  withdraw(): void {
    this.rows = 0;
    this.windows = 0;
    this.coverage?.forget();
  }

  /** Marks the reading as ended. */
  end(): void {
    if (this.state === "running") this.state = "ended";
  }

  report(): AccountReport {
    const { coverage, unsettled, gaps } = this.coverage?.summarize(this.isOver) ?? {
      coverage: [],
      unsettled: [],
      gaps: [],
    };
    return {
      account: this.provider.account,
      provider: this.provider.id,
      // A snapshot has no gaps. Its error or an unreadable row shows that calls are missing.
      status: this.status(
        gaps.some(({ reason }) => reason !== "abandoned") ||
          (this.coverage === null && (this.error !== null || this.unreadable > 0)),
      ),
      ...(this.error === null ? {} : { error: this.error.toJSON() }),
      ...(this.numberWarnings.length === 0 ? {} : { numberWarning: this.numberWarnings.join(" ") }),
      ...(this.applications === null ? {} : { applications: [...this.applications] }),
      ...this.counters,
      windows: this.windows,
      windowsLeft: this.windowsLeft,
      rows: this.rows,
      duplicates: this.duplicates,
      unreadable: this.unreadable,
      coverage,
      unsettled,
      gaps,
    };
  }

  /** Whether nothing more will be read, and the consumer has acknowledged all delivered rows. */
  private get isOver(): boolean {
    return this.state !== "running" && !(this.acknowledgesRows && this.callbacks.length > 0);
  }

  private status(missing: boolean): AccountReport["status"] {
    if (this.state === "failed" || this.state === "unsupported") return this.state;
    // All windows failed.
    if (this.state === "ended" && this.error !== null && this.windows === 0 && missing) return "failed";
    return !this.isOver || missing || this.error !== null ? "partial" : "complete";
  }
}
