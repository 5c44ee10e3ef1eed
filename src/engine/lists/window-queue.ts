import type { PagingRule, Partition } from "../../contract/provider.js";
import type { Span } from "./intervals.js";
import type { ListPlan } from "./list-plan.js";
import { OpenWindow } from "./open-window.js";
import type { PageRequest } from "./page.js";
import type { Pager } from "./pager.js";
import { type PlannedWindow, Split, type WholeWindow } from "./planned-window.js";

/** A page to request. */
export interface PageJob {
  window: OpenWindow;
  request: PageRequest;
  /** The pager of the read to which the page belongs. */
  pager: Pager;
}

/** The pending, open and closed windows of a plan. Selects the next page, and finds the windows that may share a row. */
export class WindowQueue {
  /** In the order of the plan, as are the open windows. Parts take the place of the window that was split, in the same order of time. */
  private readonly pending: PlannedWindow[];
  private readonly open: OpenWindow[] = [];
  private readonly places: Map<PlannedWindow, number>;
  private readonly sent = new WeakMap<PlannedWindow, Span>();
  /** Closed windows that touch an unclosed one. A row may be in both. */
  private neighbours: OpenWindow[] = [];

  constructor(
    private readonly plan: Pick<ListPlan<unknown>, "windows" | "partitions" | "grid" | "newestFirst"> & {
      operation: { paging: PagingRule };
    },
  ) {
    this.pending = [...plan.windows];
    this.places = new Map(plan.windows.map((window, place) => [window, place]));
  }

  /** Number of windows that are not closed. */
  get size(): number {
    return this.pending.length + this.open.length;
  }

  get empty(): boolean {
    return this.size === 0;
  }

  /** The earliest filter time that a row of an unclosed window can have, or the latest if the newest windows come first. */
  get watermark(): number {
    const unclosed = this.unclosed();
    return this.plan.newestFirst
      ? unclosed.reduce((most, { span }) => Math.max(most, span?.to ?? Infinity), -Infinity)
      : unclosed.reduce((least, { span }) => Math.min(least, span?.from ?? -Infinity), Infinity);
  }

  /**
   * Returns the next page of the first window in order that has one, and opens that window if necessary. Returns null if there is none at present.
   * @param mayOpen whether a window may be opened after those that are open.
   * @param opensDistant whether to open the last pending window before it returns any other page.
   */
  next(mayOpen: () => boolean, opensDistant = false): PageJob | null {
    if (
      opensDistant &&
      this.pending.length > 0 &&
      (this.open.length === 0 || mayOpen()) &&
      !this.open.some(({ plan }) => plan.isDistant)
    )
      return this.openWindow(this.takeLast());
    for (const window of this.open) {
      const [pending] = this.pending;
      // A part of a split window may precede open windows. It never waits for them.
      if (pending !== undefined && this.precedes(pending, window.plan)) break;
      const page = window.next();
      if (page !== null) return { window, ...page };
    }
    const [first] = this.pending;
    return first !== undefined && (this.isFirst(first) || mayOpen()) ? this.openWindow(this.pending.shift()) : null;
  }

  /** Removes the last pending window that did not fail in an earlier pass; if all did, the last one. */
  private takeLast(): PlannedWindow | undefined {
    const place = this.pending.findLastIndex(({ failedBefore }) => !failedBefore);
    const [last] = this.pending.splice(place, 1);
    if (last === undefined) return undefined;
    const planned = { ...last, isDistant: true };
    this.places.set(planned, this.places.get(last) ?? 0);
    return planned;
  }

  private openWindow(planned: PlannedWindow | undefined): PageJob | null {
    if (planned === undefined) return null;
    const { paging } = this.plan.operation;
    const window = new OpenWindow(planned, paging, paging.style === "none" ? 1 : paging.size);
    insert(this.open, window, (other) => this.precedes(planned, other.plan));
    const page = window.next();
    return page === null ? null : { window, ...page };
  }

  /** Whether no window is open, or the pending one precedes one that is. */
  private isFirst(pending: PlannedWindow): boolean {
    const last = this.open.at(-1);
    return last === undefined || this.precedes(pending, last.plan);
  }

  private precedes(a: PlannedWindow, b: PlannedWindow): boolean {
    const [placeA, placeB] = [this.places.get(a) ?? 0, this.places.get(b) ?? 0];
    if (placeA !== placeB) return placeA < placeB;
    const [fromA, fromB] = [a.span?.from ?? 0, b.span?.from ?? 0];
    return this.plan.newestFirst ? fromB < fromA : fromA < fromB;
  }

  /** Whether a window can be divided. */
  canSplit({ plan: { span } }: OpenWindow): boolean {
    return span !== null && this.plan.grid !== null && this.plan.grid.split(span, 2).length > 1;
  }

  /**
   * Replaces an open window with its parts. Returns false if it is a single unit, or has no span.
   * @param whole the known properties of the window.
   */
  split(window: OpenWindow, parts: number, whole: WholeWindow): boolean {
    const { span } = window.plan;
    if (span === null || this.plan.grid === null) return false;
    const spans = this.plan.grid.split(span, parts);
    if (spans.length < 2) return false;
    const split = new Split(window, whole, spans.length);
    const planned = spans.map((part): PlannedWindow => ({
      ...window.plan,
      incompleteBefore: false,
      split,
      span: part,
    }));
    if (this.plan.newestFirst) planned.reverse();
    const place = this.places.get(window.plan) ?? 0;
    for (const part of planned) this.places.set(part, place);
    const [first] = planned;
    if (first !== undefined) insertAll(this.pending, planned, (other) => this.precedes(first, other));
    // The parts return again the rows that it has delivered.
    this.close(window);
    return true;
  }

  close(window: OpenWindow): void {
    window.close();
    this.places.delete(window.plan);
    this.open.splice(this.open.indexOf(window), 1);
    const unclosed = this.unclosed();
    this.neighbours = [...this.neighbours, window].filter(({ plan }) =>
      unclosed.some((other) => this.touch(plan, other)),
    );
  }

  /** The open and recently closed windows of the same application whose requested bounds meet those of this window. A row may be in both. */
  touching(window: OpenWindow): OpenWindow[] {
    const { application } = this.partitionOf(window);
    return [...this.open, ...this.neighbours].filter(
      (other) =>
        other !== window && this.partitionOf(other).application === application && this.touch(other.plan, window.plan),
    );
  }

  partitionOf(window: OpenWindow): Partition {
    const partition = this.plan.partitions[window.plan.partition];
    if (partition === undefined) throw new TypeError("A planned window names no partition.");
    return partition;
  }

  private touch(a: PlannedWindow, b: PlannedWindow): boolean {
    const [one, other] = [this.sentFor(a), this.sentFor(b)];
    return one === null || other === null || (one.from <= other.to && other.from <= one.to);
  }

  /** The requested bounds of a window, which may extend beyond it. */
  private sentFor(plan: PlannedWindow): Span | null {
    if (plan.span === null || this.plan.grid === null) return plan.span;
    const known = this.sent.get(plan);
    if (known !== undefined) return known;
    const { start, end } = this.plan.grid.bounds(plan.span);
    // An inclusive end at the last second of a day is before the next day, although the spans meet.
    const sent = { from: Math.min(plan.span.from, start.getTime()), to: Math.max(plan.span.to, end.getTime()) };
    this.sent.set(plan, sent);
    return sent;
  }

  private unclosed(): PlannedWindow[] {
    return [...this.open.map(({ plan }) => plan), ...this.pending];
  }
}

function insert<Item>(items: Item[], item: Item, isBefore: (other: Item) => boolean): void {
  insertAll(items, [item], isBefore);
}

/** Inserts items before the first existing item that they precede, else at the end. */
function insertAll<Item>(items: Item[], added: readonly Item[], isBefore: (other: Item) => boolean): void {
  const at = items.findIndex(isBefore);
  items.splice(at < 0 ? items.length : at, 0, ...added);
}
