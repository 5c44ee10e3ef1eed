import type { PagingRule, Partition } from "../../contract/provider.js";
import type { ListPlan, PlannedWindow } from "./list-plan.js";
import { OpenWindow } from "./open-window.js";
import type { Pager, PageRequest } from "./pager.js";

/** A page to ask for. */
export interface PageJob {
  window: OpenWindow;
  request: PageRequest;
  /** The read that the page belongs to. */
  pager: Pager;
}

/** The windows of a plan on their way from pending through open to closed: which page is next, and which windows share a row. */
export class WindowQueue {
  private readonly pending: PlannedWindow[];
  private readonly open: OpenWindow[] = [];
  /** Closed windows that touch one still to be closed: a row may come in both. */
  private neighbours: OpenWindow[] = [];

  constructor(private readonly plan: Pick<ListPlan<unknown>, "windows" | "partitions" | "grid"> & { operation: { paging: PagingRule } }) {
    this.pending = [...plan.windows];
  }

  /** Windows that are not closed yet. */
  get size(): number {
    return this.pending.length + this.open.length;
  }

  get empty(): boolean {
    return this.size === 0;
  }

  /** No row still to come was filtered by the vendor on an instant before this. */
  get frontier(): number {
    return this.unclosed().reduce((least, { span }) => Math.min(least, span?.from ?? Number.NEGATIVE_INFINITY), Number.POSITIVE_INFINITY);
  }

  /**
   * The next page: of the oldest open window that has one, else the first of the next window; null when there is none to ask for now.
   * @param mayOpen whether a further window may be opened beside those that are open.
   * @param elsewhere whether the last pending window is to be opened, before any other page.
   */
  next(mayOpen: () => boolean, elsewhere = false): PageJob | null {
    const mayOpenOne = this.pending.length > 0 && (this.open.length === 0 || mayOpen());
    if (elsewhere && mayOpenOne && !this.open.some(({ plan }) => plan.elsewhere)) return this.openWindow(this.takeLast());
    for (const window of this.open) {
      const page = window.next();
      if (page !== null) return { window, ...page };
    }
    return mayOpenOne ? this.openWindow(this.pending.shift()) : null;
  }

  /** The last window that has not failed in an earlier pass; where all have, the last. */
  private takeLast(): PlannedWindow | undefined {
    const place = this.pending.findLastIndex(({ failedBefore }) => !failedBefore);
    const [last] = this.pending.splice(place, 1);
    return last === undefined ? undefined : { ...last, elsewhere: true };
  }

  private openWindow(planned: PlannedWindow | undefined): PageJob | null {
    if (planned === undefined) return null;
    const { paging } = this.plan.operation;
    const window = new OpenWindow(planned, paging, paging.style === "none" ? 1 : paging.size);
    this.open.push(window);
    const first = window.next();
    return first === null ? null : { window, ...first };
  }

  /** Puts parts of an open window in its place; false where it is one unit already, or has no span. */
  split(window: OpenWindow, parts: number, total?: number): boolean {
    const { span } = window.plan;
    if (span === null || this.plan.grid === null) return false;
    const spans = this.plan.grid.cut(span, parts);
    if (spans.length < 2) return false;
    const cut = total === undefined ? {} : { cut: { total, counted: 0 } };
    this.pending.unshift(...spans.map((part) => ({ ...window.plan, ...cut, span: part })));
    // What it has handed on already comes again in its parts.
    this.close(window);
    return true;
  }

  close(window: OpenWindow): void {
    window.close();
    this.open.splice(this.open.indexOf(window), 1);
    const unclosed = this.unclosed();
    this.neighbours = [...this.neighbours, window].filter(({ plan }) => unclosed.some((other) => touch(plan, other)));
  }

  /** Open and lately closed windows of the same application that share a boundary with this one, or its time. */
  touching(window: OpenWindow): OpenWindow[] {
    const { application } = this.partitionOf(window);
    return [...this.open, ...this.neighbours].filter(
      (other) => other !== window && this.partitionOf(other).application === application && touch(other.plan, window.plan),
    );
  }

  partitionOf(window: OpenWindow): Partition {
    const partition = this.plan.partitions[window.plan.partition];
    if (partition === undefined) throw new TypeError("A planned window names no partition.");
    return partition;
  }

  private unclosed(): PlannedWindow[] {
    return [...this.open.map(({ plan }) => plan), ...this.pending];
  }
}

function touch(a: PlannedWindow, b: PlannedWindow): boolean {
  if (a.span === null || b.span === null) return true;
  return a.span.from <= b.span.to && b.span.from <= a.span.to;
}
