import { isListed, type PlannedCall } from "./planned-call.js";
import type { MissingPage, SearchCap } from "./search-cap.js";

/** The time of a call that a vendor's window filters on. */
export type FilterTime = "start" | "end" | "created";
/** Whether a window contains a row exactly at its bound. */
export interface WindowEdges {
  /** For a row exactly at the first bound. */
  start: "inclusive" | "exclusive";
  /** For a row exactly at the last bound. */
  end: "inclusive" | "exclusive";
}
/** The order of rows, by the time that is filtered on. */
export type RowOrder = "ascending" | "descending" | "unsorted";

export interface TableRules {
  filterTime: FilterTime;
  windowEdges: WindowEdges;
  order: RowOrder;
  /** Maximum number of rows on a page, whatever size is requested. */
  pageCap: number;
  /** Added to the total of every non-empty list. */
  totalShift: number;
  /** Null: a search returns all rows that it finds. */
  searchCap: SearchCap | null;
  /** Instants of corrupt data. A request for a window that contains one fails. */
  corruptAt: readonly number[];
  /** Null: every page is returned. */
  missingPage: MissingPage | null;
  /** Milliseconds for which rows are retained, by the time that is filtered on. Older rows are omitted. */
  retentionMs: number;
}

export interface TableQuery {
  /** Bounds of the window, in milliseconds. */
  from: number;
  to: number;
  /** The vendor's current time. Calls that are listed later are not found. */
  now: number;
  /** An additional filter. `name` identifies it in the cache of results. */
  filter?: { name: string; matches(call: PlannedCall): boolean };
}

export interface Found {
  /** The total that the vendor returns, which may be wrong. */
  total: number;
  /** Returns the page size in force for a requested one. */
  pageSize(requested: number): number;
  /** Returns the rows from an offset, at most one page of them. */
  page(offset: number, size: number): PlannedCall[];
  /** Returns how the page at an offset is withheld from a valid request; null: it is returned. */
  withheld(offset: number): "refused" | "empty" | "no-data" | null;
}

const KEPT_RESULTS = 64;

/** The vendor fails because of corrupt data. */
export class CorruptData extends Error {}

/** Returns the index of the first call whose time is at least (with `beyond`: greater than) the bound. */
function firstAt(
  calls: readonly PlannedCall[],
  timeOf: (call: PlannedCall) => number,
  bound: number,
  beyond: boolean,
): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const call = calls[middle];
    const time = call === undefined ? 0 : timeOf(call);
    if (time < bound || (beyond && time === bound)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const commonDivisor = (one: number, other: number): number => (other === 0 ? one : commonDivisor(other, one % other));

/** Returns a step that visits each of `count` indexes once. It yields an unsorted order that is the same for every page. */
function strideFor(count: number): number {
  let stride = Math.max(1, Math.floor(count * 0.618));
  while (commonDivisor(stride, count) !== 1) stride++;
  return stride;
}

/**
 * A vendor's list of records. Calls that had ended when the emulator started, and are never removed, do not change: a binary search in an index by time finds them. The few calls that are active, planned or to be removed are filtered one by one.
 */
export class CallTable {
  readonly #rules: TableRules;
  readonly #settled: PlannedCall[];
  readonly #unsettled: PlannedCall[];
  readonly #results = new Map<string, PlannedCall[]>();

  constructor(calls: readonly PlannedCall[], rules: TableRules, now: number) {
    this.#rules = rules;
    const isSettled = (call: PlannedCall) =>
      call.endedAt !== null &&
      call.endedAt <= now &&
      call.listedFrom <= now &&
      call.removedAt === Number.POSITIVE_INFINITY;
    this.#settled = calls.filter(isSettled).sort((one, other) => this.#timeOf(one, now) - this.#timeOf(other, now));
    this.#unsettled = calls.filter((call) => !isSettled(call));
  }

  find({ from, to, now, filter }: TableQuery): Found {
    const { windowEdges, order, pageCap, totalShift, searchCap, missingPage, retentionMs, corruptAt } = this.#rules;
    if (corruptAt.some((at) => from <= at && at <= to)) throw new CorruptData();
    const timeOf = (call: PlannedCall) => this.#timeOf(call, now);
    const isRetained = (call: PlannedCall) => timeOf(call) >= now - retentionMs;
    const found = this.#findSettled(from, to, timeOf, filter);
    const settled = from >= now - retentionMs ? found : found.filter(isRetained);
    const moving = this.#unsettled
      .filter((call) => {
        const time = timeOf(call);
        const begun = windowEdges.start === "inclusive" ? time >= from : time > from;
        const within = windowEdges.end === "inclusive" ? time <= to : time < to;
        return begun && within && isRetained(call) && isListed(call, now) && (filter?.matches(call) ?? true);
      })
      .sort((one, other) => timeOf(one) - timeOf(other));
    // The index of each unsettled call in the merged list.
    const places = moving.map((call, index) => index + firstAt(settled, timeOf, timeOf(call), true));
    const rows = settled.length + moving.length;
    const shown = searchCap === null ? rows : Math.min(rows, searchCap.rows);
    const served = searchCap?.beyond === "served" ? rows : shown;
    const stride = order === "unsorted" ? strideFor(rows) : 1;
    const pageSize = (requested: number) => Math.min(requested, pageCap);
    const callAt = (place: number): PlannedCall | undefined => {
      const passed = firstPlace(places, place);
      return places[passed] === place ? moving[passed] : settled[place - passed];
    };
    return {
      // The total of a non-empty list is never 0.
      total: rows === 0 ? 0 : Math.max(1, (searchCap?.total === "capped" ? shown : rows) + totalShift),
      pageSize,
      withheld(offset) {
        if (missingPage?.row === offset && offset < rows) return missingPage.as;
        if (
          searchCap === null ||
          offset < searchCap.rows ||
          searchCap.beyond === "served" ||
          searchCap.beyond === "last-page"
        )
          return null;
        return searchCap.beyond;
      },
      page(requested, size) {
        const page: PlannedCall[] = [];
        const isBeyond = searchCap?.beyond === "last-page" && requested >= searchCap.rows;
        const offset = isBeyond ? Math.max(0, Math.ceil(shown / pageSize(size)) - 1) * pageSize(size) : requested;
        for (let index = offset; index < Math.min(offset + pageSize(size), served); index++) {
          const call = callAt(order === "descending" ? rows - 1 - index : (index * stride) % rows);
          if (call !== undefined) page.push(call);
        }
        return page;
      },
    };
  }

  /** A call that has not ended is filtered by its start. Otherwise no window would contain it. */
  #timeOf(call: PlannedCall, now: number): number {
    if (this.#rules.filterTime === "created") return call.listedFrom;
    if (this.#rules.filterTime === "end" && call.endedAt !== null && call.endedAt <= now) return call.endedAt;
    return call.startedAt;
  }

  #findSettled(
    from: number,
    to: number,
    timeOf: (call: PlannedCall) => number,
    filter: TableQuery["filter"],
  ): PlannedCall[] {
    const name = `${from}/${to}/${filter?.name ?? ""}`;
    const kept = this.#results.get(name);
    if (kept !== undefined) return kept;
    const { windowEdges } = this.#rules;
    const first = firstAt(this.#settled, timeOf, from, windowEdges.start === "exclusive");
    const last = firstAt(this.#settled, timeOf, to, windowEdges.end === "inclusive");
    const inWindow = this.#settled.slice(first, last);
    const found = filter === undefined ? inWindow : inWindow.filter((call) => filter.matches(call));
    if (this.#results.size >= KEPT_RESULTS)
      for (const oldest of this.#results.keys()) {
        this.#results.delete(oldest);
        break;
      }
    this.#results.set(name, found);
    return found;
  }
}

/** Returns how many of the ascending indexes are lower than this one. */
function firstPlace(places: readonly number[], place: number): number {
  let passed = 0;
  while ((places[passed] ?? Number.POSITIVE_INFINITY) < place) passed++;
  return passed;
}
