import type { PagingRule, Partition } from "../../contract/provider.js";
import type { Span } from "./intervals.js";
import type { ListPlan } from "./list-plan.js";
import { OpenWindow } from "./open-window.js";
import type { Pager, PageRequest } from "./pager.js";
import { type PlannedWindow, Split, type WholeWindow } from "./planned-window.js";

/** A page to ask for. */
export interface PageJob {
  window: OpenWindow;
  request: PageRequest;
  /** The read that the page belongs to. */
  pager: Pager;
}

/** The windows of a plan on their way from pending through open to closed: which page is next, and which windows share a row. */
export class WindowQueue {
  /** Both in the order of the plan; the parts of a window that was split have its place in it, the earliest first. */
  private readonly pending: PlannedWindow[];
  private readonly open: OpenWindow[] = [];
  private readonly places: Map<PlannedWindow, number>;
  private readonly sent = new WeakMap<PlannedWindow, Span>();
  /** Closed windows that touch one still to be closed: a row may come in both. */
  private neighbours: OpenWindow[] = [];

  constructor(
    private readonly plan: Pick<ListPlan<unknown>, "windows" | "partitions" | "grid"> & {
      operation: { paging: PagingRule };
    },
  ) {
    this.pending = [...plan.windows];
    this.places = new Map(plan.windows.map((window, place) => [window, place]));
  }

  /** Windows that are not closed yet. */
  get size(): number {
    return this.pending.length + this.open.length;
  }

  get empty(): boolean {
    return this.size === 0;
  }

  /** No row still to come was filtered by the vendor on an instant before this. */
  get watermark(): number {
    return this.unclosed().reduce(
      (least, { span }) => Math.min(least, span?.from ?? Number.NEGATIVE_INFINITY),
      Number.POSITIVE_INFINITY,
    );
  }

  /**
   * The next page: of the first window in order that has one, which is opened where it is not open yet; null when there is none to ask for now.
   * @param mayOpen whether a further window may be opened behind those that are open.
   * @param elsewhere whether the last pending window is to be opened, before any other page.
   */
  next(mayOpen: () => boolean, elsewhere = false): PageJob | null {
    if (
      elsewhere &&
      this.pending.length > 0 &&
      (this.open.length === 0 || mayOpen()) &&
      !this.open.some(({ plan }) => plan.elsewhere)
    )
      return this.openWindow(this.takeLast());
    for (const window of this.open) {
      const [pending] = this.pending;
      // A part of a window that was split may come before windows that are open already: it is never held back for what they hold.
      if (pending !== undefined && this.precedes(pending, window.plan)) break;
      const page = window.next();
      if (page !== null) return { window, ...page };
    }
    const [first] = this.pending;
    return first !== undefined && (this.isFirst(first) || mayOpen()) ? this.openWindow(this.pending.shift()) : null;
  }

  /** The last window that has not failed in an earlier pass; where all have, the last. */
  private takeLast(): PlannedWindow | undefined {
    const place = this.pending.findLastIndex(({ failedBefore }) => !failedBefore);
    const [last] = this.pending.splice(place, 1);
    if (last === undefined) return undefined;
    const planned = { ...last, elsewhere: true };
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

  /** Whether a pending window comes before one that is open, or none is open. */
  private isFirst(pending: PlannedWindow): boolean {
    const last = this.open.at(-1);
    return last === undefined || this.precedes(pending, last.plan);
  }

  private precedes(a: PlannedWindow, b: PlannedWindow): boolean {
    const [placeA, placeB] = [this.places.get(a) ?? 0, this.places.get(b) ?? 0];
    return placeA === placeB ? (a.span?.from ?? 0) < (b.span?.from ?? 0) : placeA < placeB;
  }

  /** Whether a window has parts that can be asked for. */
  canSplit({ plan: { span } }: OpenWindow): boolean {
    return span !== null && this.plan.grid !== null && this.plan.grid.split(span, 2).length > 1;
  }

  /**
   * Puts parts of an open window in its place; false where it is one unit already, or has no span.
   * @param whole what is known of the window.
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
    const place = this.places.get(window.plan) ?? 0;
    for (const part of planned) this.places.set(part, place);
    const [first] = planned;
    if (first !== undefined) insertAll(this.pending, planned, (other) => this.precedes(first, other));
    // What it has handed on already comes again in its parts.
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

  /** Open and lately closed windows of the same application of which the bounds that are sent meet this one's: a row may come in both. */
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

  /** The bounds that are sent for a window, which may reach beyond it. */
  private sentFor(plan: PlannedWindow): Span | null {
    if (plan.span === null || this.plan.grid === null) return plan.span;
    const known = this.sent.get(plan);
    if (known !== undefined) return known;
    const { start, end } = this.plan.grid.bounds(plan.span);
    // An inclusive end that is a day's last second does not reach the next day's first, but the spans meet there.
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

/** Inserts items before the first that they come before, else at the end. */
function insertAll<Item>(items: Item[], added: readonly Item[], isBefore: (other: Item) => boolean): void {
  const at = items.findIndex(isBefore);
  items.splice(at < 0 ? items.length : at, 0, ...added);
}
