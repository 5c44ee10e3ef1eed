import type { MappedCall } from "../../contract/mapped-call.js";
import type { Page, Partition } from "../../contract/provider.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { ResultTooLarge } from "../../engine/account/failure.js";
import type { RequestScope } from "../../engine/account/operation-request.js";
import { type Span, toInterval } from "../../engine/lists/intervals.js";
import { isRefusal } from "../../engine/lists/list-failure.js";
import { spanOf } from "../../engine/lists/list-limits.js";
import type { PageRequest } from "../../engine/lists/page.js";
import { Pager, PagingLoop } from "../../engine/lists/pager.js";
import { RowReader } from "../../engine/lists/row-reader.js";
import { startOf } from "../../engine/lists/mapped-call.js";
import type { Party } from "../../model/party.js";

/** A call in a sample. */
export interface SampledCall {
  key: string;
  start: number;
  /** Null while it has not ended. */
  end: number | null;
  caller: Party | null;
  callee: Party | null;
}

/** The contents of one window. */
export interface Sample {
  /** The bounds as they were sent. */
  span: Span;
  /** In the order of the response. */
  calls: SampledCall[];
  /** Distinct rows. */
  rows: number;
  /** The requested and the received number of rows of the first page. */
  requestedRows: number;
  receivedRows: number;
  total: number | null;
  /** Whether the whole window was read. */
  whole: boolean;
}

/**
 * How far a window is read: its first page only; until a page is not full, which ends the list; or to its end, whatever its pages and its total show.
 */
type Depth = "page" | "whole" | "end";

/** Maximum number of pages of one window. */
const MAX_PAGES = 4;
/** Number of consecutive empty pages that end the list, whatever the total is. */
const EMPTY_PAGES = 2;

/** Requests exactly the given windows of one list, without a plan, and stores their contents. */
export class WindowSampler {
  readonly samples: Sample[] = [];
  /** The rows of the fullest page so far. */
  largestPage = 0;
  private size: number;
  private readonly reader: RowReader<MappedCall>;

  constructor(
    private readonly session: AccountSession,
    readonly partition: Partition,
    private readonly scope: RequestScope,
    unreadableRows: "throw" | "report",
  ) {
    const { records } = session.provider.operations;
    this.size = records.paging.style === "none" ? 1 : records.paging.size;
    this.reader = new RowReader(session, records, unreadableRows);
  }

  /** @throws ResultTooLarge when the window is too large for the vendor. */
  async sample(span: Span, depth: Depth): Promise<Sample> {
    const sample = await this.inFittingPages(span, depth, null);
    this.samples.push(sample);
    return sample;
  }

  /**
   * Reads the first page of a window with the vendor's own number filter. The sample is not among `samples`.
   * @throws ResultTooLarge as `sample` does.
   */
  async sampleNumber(span: Span, number: string): Promise<Sample> {
    return this.inFittingPages(span, "page", [number]);
  }

  private async inFittingPages(span: Span, depth: Depth, numbers: readonly string[] | null): Promise<Sample> {
    for (;;) {
      try {
        return await this.read(span, depth, numbers);
      } catch (error) {
        if (!(error instanceof ResultTooLarge) || error.what === "window" || this.size === 1) throw error;
        this.size = Math.ceil(this.size / 2);
      }
    }
  }

  private async read(span: Span, depth: Depth, numbers: readonly string[] | null): Promise<Sample> {
    // The page size is one that the vendor has served, so that a last page that is not full can be recognised.
    const size = depth === "end" ? Math.max(1, Math.min(this.size, this.largestPage)) : this.size;
    const pager = new Pager(this.session.provider.operations.records.paging, size);
    const sample: Sample = {
      span,
      calls: [],
      rows: 0,
      requestedRows: size,
      receivedRows: 0,
      total: null,
      whole: false,
    };
    const keys = new Set<string>();
    const near = spanOf(this.session.provider.operations.records, [span]);
    const next = () => pager.next() ?? (depth === "end" && pager.done && pager.requestPastEnd() ? pager.next() : null);
    let pages = 0;
    let emptyPages = 0;
    for (let request = next(); request !== null && pages < MAX_PAGES; request = next()) {
      const page = await this.request(span, request, numbers);
      const known = keys.size;
      const rows = (page.rows ?? []).map((raw) => this.reader.readRow(raw, this.partition, toInterval(span), near));
      for (const row of rows) {
        if (!row.unreadable && !keys.has(row.key)) sample.calls.push(this.callOf(row.key, row.value));
        keys.add(row.key);
      }
      if (pages === 0) sample.receivedRows = rows.length;
      pages += 1;
      this.largestPage = Math.max(this.largestPage, rows.length);
      emptyPages = rows.length === 0 ? emptyPages + 1 : 0;
      const isNotFull = rows.length < this.largestPage && (rows.length > 0 || (page.total ?? 0) === 0);
      try {
        pager.accept(request, {
          keys: rows.map(({ key }) => key),
          fresh: keys.size - known,
          total: page.total,
          next: page.next,
        });
      } catch (error) {
        if (!(error instanceof PagingLoop)) throw error;
        return { ...sample, rows: keys.size, total: pager.result.total };
      }
      if (depth === "page") break;
      sample.whole = (depth === "whole" && isNotFull) || emptyPages === EMPTY_PAGES || page.isDocumentedEmpty === true;
      if (sample.whole) break;
    }
    return { ...sample, rows: keys.size, total: pager.result.total, whole: sample.whole || pager.done };
  }

  private callOf(key: string, mapped: MappedCall): SampledCall {
    const end = mapped.state === "ended" ? Number(mapped.endedAt ?? Number.NaN) : Number.NaN;
    return {
      key: this.session.clean(key),
      start: startOf(mapped, this.session),
      end: Number.isNaN(end) ? null : end,
      caller: mapped.caller,
      callee: mapped.callee,
    };
  }

  private async request({ from, to }: Span, page: PageRequest, numbers: readonly string[] | null): Promise<Page> {
    const { records } = this.session.provider.operations;
    const errorContext = { operation: records.name, window: toInterval({ from, to }) };
    const query = {
      partition: this.partition,
      window: { start: new Date(from), end: new Date(to) },
      page,
      filters: {},
      direction: null,
      numbers,
    };
    const request = this.session.runAdapter("request", errorContext, () => records.request(query));
    try {
      return this.reader.readPage(
        await this.session.request({ ...errorContext, request }, this.scope),
        errorContext.window,
      );
    } catch (error) {
      if (!page.pastEnd || !isRefusal(error)) throw error;
      // The vendor rejects a page past the end.
      return { rows: [], total: null, next: null };
    }
  }
}
