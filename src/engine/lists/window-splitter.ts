import type { Page, PagingRule } from "../../contract/provider.js";
import type { ErrorContext } from "../account/failure.js";
import { neverEnding, overcounted } from "./list-failure.js";
import type { OpenWindow } from "./open-window.js";
import { MAX_PARTS, partsBelow, type WholeWindow } from "./planned-window.js";
import { reasonOfTotal } from "./window-ending.js";
import type { PageJob, WindowQueue } from "./window-queue.js";

/** Maximum number of rows of one window. A list that continues is split, or fails if that is impossible. */
const MAX_ROWS = 100_000;
/** Maximum number of nested splits of lists that do not end. After that, the vendor is considered to send new rows without end. */
const MAX_OVERFLOWS = 8;
/** Maximum number of parts of windows with an unverified end: a base, and more for each page of rows. A vendor that caps every window would exceed it. */
const MAX_UNVERIFIED_PARTS = { least: 64, perPage: 8 } as const;

/** Decides which windows of a run are read in parts, and replaces them with their parts. */
export class WindowSplitter {
  private unverifiedParts = 0;
  private deliveredRows = 0;

  constructor(
    private readonly queue: WindowQueue,
    private readonly paging: PagingRule,
    private readonly policy: { windowRows: number; splitsUnverified: boolean },
    private readonly run: { errorContext: (window: OpenWindow) => ErrorContext; onSplit: (window: OpenWindow) => void },
  ) {}

  /** Records delivered rows, by which more splits are allowed. */
  noteDelivered(rows: number): void {
    this.deliveredRows += rows;
  }

  /**
   * Splits a window after its first page, if its total exceeds the row limit or could not verify the end. The limit bounds the memory of open windows.
   */
  splitBeforeReading({ window, request }: PageJob, { rows, total: sentTotal }: Page): boolean {
    const received = rows?.length ?? 0;
    const total = sentTotal === 0 && received > 0 ? null : sentTotal;
    const { paging } = this;
    if (window.plan.incompleteBefore === true && (total === null || total > 0))
      return this.splitIncomplete(window, total);
    if (total === null || paging.style === "none" || !paging.total) return false;
    const { windowRows } = this.policy;
    const size = received > 0 && received < Math.min(total, request.size) ? received : request.size;
    const unverifiedReason = reasonOfTotal(total, size, paging);
    if (total > windowRows) {
      const mayBeCapped = unverifiedReason !== null || window.plan.split?.known.announced === total;
      // The total does not refer to the window. Further splits would not end.
      if (window.plan.split?.count(total) === false || (mayBeCapped && this.hasReachedSplitLimit))
        throw overcounted(this.run.errorContext(window));
      const parts = Math.min(MAX_PARTS, Math.ceil(total / windowRows));
      if (this.split(window, parts, { announced: total, mayBeCapped })) {
        this.unverifiedParts += mayBeCapped ? parts : 0;
        return true;
      }
    }
    // A list that is not requested by time has no parts, and a total without rows is not a cap.
    return (
      unverifiedReason !== null &&
      received > 0 &&
      window.plan.span !== null &&
      this.splitUnverified(window, 2, { announced: total, mayBeCapped: true }, unverifiedReason)
    );
  }

  /** Splits a window that did not add up, to narrow down the fault pass by pass. Its parts may each add up and together hold too few rows. */
  private splitIncomplete(window: OpenWindow, announced: number | null): boolean {
    return this.split(window, MAX_PARTS, { announced, mayBeCapped: true });
  }

  /** Splits a window with an unverified end. If that is impossible, the window is read unsplit, and stays unverified. */
  splitUnverified(window: OpenWindow, parts: number, whole: WholeWindow, unverifiedReason: string): boolean {
    if (this.maySplit(window) && this.split(window, parts, whole)) {
      this.unverifiedParts += parts;
      return true;
    }
    window.unverifiedReason = unverifiedReason;
    return false;
  }

  /**
   * Splits a window that stays below its total in every read. The vendor may limit the rows of one search, and smaller windows stay below the limit. A part
   * that lists fewer rows than the whole did is below that limit. Its total is then wrong, and it is not split.
   */
  splitShort(window: OpenWindow): boolean {
    const { rows, total, moved } = window.read;
    const listed = window.plan.split?.known.listed ?? rows;
    if (
      total === null ||
      moved ||
      rows === 0 ||
      rows >= total ||
      rows < listed ||
      window.unverifiedReason !== null ||
      !this.maySplit(window)
    )
      return false;
    const parts = partsBelow(rows, total);
    this.unverifiedParts += parts;
    return this.split(window, parts, { announced: total, listed: rows });
  }

  /** Whether a window with an unverified end may be split. */
  maySplit(window: OpenWindow): boolean {
    return this.policy.splitsUnverified && !this.hasReachedSplitLimit && this.queue.canSplit(window);
  }

  private get hasReachedSplitLimit(): boolean {
    const pages = this.paging.style === "none" ? 0 : this.deliveredRows / this.paging.size;
    return this.unverifiedParts >= MAX_UNVERIFIED_PARTS.least + MAX_UNVERIFIED_PARTS.perPage * pages;
  }

  /** Splits a list that exceeds the row limit. @throws ResponseError if it cannot be split further, or its parts do not end either. */
  splitOverflow(window: OpenWindow): void {
    const { size: rows } = window.seen;
    const limit = Math.min(this.policy.windowRows, MAX_ROWS) * (window.read.total === null ? 1 : 2);
    if (rows <= limit) return;
    const overflows = (window.plan.split?.known.overflows ?? 0) + 1;
    if (overflows <= MAX_OVERFLOWS && this.split(window, 2, { announced: rows, overflows, mayBeCapped: true })) return;
    if (overflows > MAX_OVERFLOWS || rows > MAX_ROWS) throw neverEnding(this.run.errorContext(window), rows);
  }

  split(window: OpenWindow, parts: number, whole: WholeWindow): boolean {
    const isSplit = this.queue.split(window, parts, whole);
    if (!isSplit) return false;
    window.isSplit = true;
    this.run.onSplit(window);
    return true;
  }
}
