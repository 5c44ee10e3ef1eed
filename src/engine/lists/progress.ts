import type { Provider } from "../../contract/provider.js";
import type { AccountReport } from "../../model/account-report.js";
import { type CallRecordsError } from "../../model/errors.js";
import type { Coverage } from "./coverage.js";

/** What one call has done so far for one account, from which its report is made at any time. */
export class Progress {
  readonly counters = { requests: 0, retries: 0, throttles: 0, waitedMs: 0 };
  windows = 0;
  windowsLeft = 0;
  rows = 0;
  duplicates = 0;
  unreadable = 0;
  /** Windows that were closed without a proof that they were read whole. */
  unverifiedWindows = 0;
  private error: CallRecordsError | null = null;
  private state: "running" | "ended" | "failed" | "unsupported" = "running";
  /** Rows on their way to a consumer that takes them by itself, and those that it has taken and gone on from. */
  private passedOn = 0;
  private taken = 0;
  private readonly onTaken: { after: number; run: () => void }[] = [];
  private isTakenByItself = false;
  /** Null where nothing can be proven, as of a snapshot, or nothing has been planned yet. */
  coverage: Coverage | null = null;

  constructor(
    readonly provider: Pick<Provider, "id" | "account" | "secrets">,
    /** The call's id in events. */
    readonly invocation: string,
  ) {}

  /** What a window, or the account, failed with first; null where nothing failed. */
  get failure(): CallRecordsError | null {
    return this.error;
  }

  /** The first error is the one that is told; later ones are its consequences. */
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

  /** Rows are passed on towards the consumer: what they prove is not claimed before it has taken them. */
  passOn(rows: number): void {
    this.passedOn += rows;
    this.isTakenByItself = true;
  }

  /** The consumer has taken rows, and gone on. */
  take(rows: number): void {
    this.taken += rows;
    while (this.onTaken[0] !== undefined && this.onTaken[0].after <= this.taken) this.onTaken.shift()?.run();
  }

  /** Runs once all rows that were passed on so far have been taken. */
  onceTaken(run: () => void): void {
    if (this.taken >= this.passedOn) run();
    else this.onTaken.push({ after: this.passedOn, run });
  }

  /** The consumer takes nothing more: what waits for it is not claimed any more. */
  leave(): void {
    this.isTakenByItself = false;
  }

  /** What was read has not reached the consumer, and must not be claimed. */
  withdraw(): void {
    this.rows = 0;
    this.windows = 0;
    this.coverage?.forget();
  }

  /** Nothing more will be read. */
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
      // Of a snapshot there are no gaps: its error, or a row that could not be read, says that something is missing.
      status: this.status(
        gaps.some(({ reason }) => reason !== "abandoned") ||
          (this.coverage === null && (this.error !== null || this.unreadable > 0)),
      ),
      ...(this.error === null ? {} : { error: this.error.toJSON() }),
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

  /** Whether nothing more will be read, and nothing that was read is still on its way to the consumer. */
  private get isOver(): boolean {
    return this.state !== "running" && !(this.isTakenByItself && this.onTaken.length > 0);
  }

  private status(missing: boolean): AccountReport["status"] {
    if (this.state === "failed" || this.state === "unsupported") return this.state;
    // Each window failed by itself, and none was left.
    if (this.state === "ended" && this.error !== null && this.windows === 0 && missing) return "failed";
    return !this.isOver || missing || this.error !== null ? "partial" : "complete";
  }
}
