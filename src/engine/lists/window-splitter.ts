import type { Page, PagingRule } from "../../contract/provider.js";
import type { ErrorContext } from "../account/failure.js";
import { doubtOfTotal } from "./end-doubt.js";
import { neverEnding, overcounted } from "./list-failure.js";
import type { OpenWindow } from "./open-window.js";
import { MAX_PARTS, partsBelow, type WholeWindow } from "./planned-window.js";
import type { PageJob, WindowQueue } from "./window-queue.js";

/** A list that has brought so many rows in one window, and still goes on, is split, or fails where it cannot be. */
const MAX_ROWS = 100_000;
/** So many windows, one within the other, whose lists do not end are taken for a vendor that sends ever new rows. */
const MAX_OVERFLOWS = 8;
/** Windows whose end is doubtful are split into so many parts, and so many more for each page of rows that came: a vendor that caps every window would be asked for all of them. */
const UNVERIFIED_PARTS = { least: 64, perPage: 8 } as const;

/** Decides which windows of a run are read in parts, and puts the parts in their place. */
export class WindowSplitter {
  private unverifiedParts = 0;
  private rowsHandedOn = 0;

  constructor(
    private readonly queue: WindowQueue,
    private readonly paging: PagingRule,
    private readonly policy: { windowRows: number; splitsInDoubt: boolean },
    private readonly run: { errorContext: (window: OpenWindow) => ErrorContext; onSplit: (window: OpenWindow) => void },
  ) {}

  /** Rows have come out of windows. */
  handedOn(rows: number): void {
    this.rowsHandedOn += rows;
  }

  /**
   * What the first page already tells: a window with very many rows is read in parts, so that what must be kept while it is open stays bounded; and so is
   * one of which the total, once it is reached, would not verify the end.
   */
  splitBeforeReading({ window, request }: PageJob, { rows, total: told }: Page): boolean {
    const received = rows?.length ?? 0;
    const total = told === 0 && received > 0 ? null : told;
    const { paging } = this;
    if (window.plan.incompleteBefore === true && (total === null || total > 0))
      return this.splitIncomplete(window, total);
    if (total === null || paging.style === "none" || !paging.total) return false;
    const { windowRows } = this.policy;
    const size = received > 0 && received < Math.min(total, request.size) ? received : request.size;
    const doubt = doubtOfTotal(total, size, paging);
    if (total > windowRows) {
      const mayBeCapped = doubt !== null || window.plan.split?.known.announced === total;
      // The total does not speak of the window: splitting it further would not end.
      if (window.plan.split?.count(total) === false || (mayBeCapped && this.mayDoubtNoMore))
        throw overcounted(this.run.errorContext(window));
      const parts = Math.min(MAX_PARTS, Math.ceil(total / windowRows));
      if (this.split(window, parts, { announced: total, mayBeCapped })) {
        this.unverifiedParts += mayBeCapped ? parts : 0;
        return true;
      }
    }
    // A list that is not asked for by time has no parts; and a total without any row is no cap.
    return (
      doubt !== null &&
      received > 0 &&
      window.plan.span !== null &&
      this.splitUnverified(window, 2, { announced: total, mayBeCapped: true }, doubt)
    );
  }

  /** Pass by pass, what is wrong in a window is closed in on. Its parts may all be whole, and still hold less than the whole counts. */
  private splitIncomplete(window: OpenWindow, announced: number | null): boolean {
    return this.split(window, MAX_PARTS, { announced, mayBeCapped: true });
  }

  /** Splits a window whose end is in doubt; else it is read as it is, and stays unverified. */
  splitUnverified(window: OpenWindow, parts: number, whole: WholeWindow, doubt: string): boolean {
    if (this.maySplit(window) && this.split(window, parts, whole)) {
      this.unverifiedParts += parts;
      return true;
    }
    window.doubt = doubt;
    return false;
  }

  /**
   * Splits a window that stays short of its total however often it is read: the vendor may serve no more rows of one search, and smaller windows stay below
   * that. A part that lists fewer rows than the whole did is not cut off by the same cap: its total is too large.
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
      window.doubt !== null ||
      !this.maySplit(window)
    )
      return false;
    const parts = partsBelow(rows, total);
    this.unverifiedParts += parts;
    return this.split(window, parts, { announced: total, listed: rows });
  }

  /** Whether a window whose end is in doubt may be split. */
  maySplit(window: OpenWindow): boolean {
    return this.policy.splitsInDoubt && !this.mayDoubtNoMore && this.queue.canSplit(window);
  }

  private get mayDoubtNoMore(): boolean {
    const pages = this.paging.style === "none" ? 0 : this.rowsHandedOn / this.paging.size;
    return this.unverifiedParts >= UNVERIFIED_PARTS.least + UNVERIFIED_PARTS.perPage * pages;
  }

  /** A list that goes on and on is read in parts, which hold less; where it has none, or they go on as well, it is given up. */
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
