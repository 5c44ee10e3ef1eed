import type { HttpResponse } from "../../contract/http.js";
import type { ListOperation, Page, Partition } from "../../contract/provider.js";
import type { AccountSession } from "../account/account-session.js";
import type { Span } from "./intervals.js";
import type { OpenWindow } from "./open-window.js";
import type { Progress } from "./progress.js";
import { digestOf, type IgnoredFields } from "./row-digest.js";
import { type ReadRow, RowReader } from "./row-reader.js";
import type { RunPolicy } from "./run-policy.js";

/** The processed rows of a page. */
export interface TakenPage<Value> {
  keys: string[];
  /** Number of keys that no earlier page of the window held. */
  fresh: number;
  /** Rows to deliver. */
  rows: ReadRow<Value>[];
}

/** A window that may hold the same rows, with its partition. */
export interface Neighbour {
  window: OpenWindow;
  partition: Partition;
}

const START_BITS = 16;
const START_MASK = 0xffff;

/** Reads the rows of pages, and distinguishes repeated rows from two calls that share an id. */
export class PageRows<Value> {
  private readonly reader: RowReader<Value>;
  /** Fields that may differ between two responses although the call has not changed. */
  private readonly volatile: IgnoredFields;

  constructor(
    private readonly session: AccountSession,
    private readonly operation: ListOperation<Value>,
    private readonly policy: Pick<RunPolicy, "unreadableRows" | "repeatedKeys">,
    private readonly progress: Progress,
  ) {
    this.reader = new RowReader(session, operation, policy.unreadableRows);
    const { fields = [], queriesOf = [] } = operation.volatile ?? {};
    this.volatile = new Set([...fields, ...queriesOf]);
  }

  /** @throws ResponseError naming the field, when the envelope is not what the vendor documents. */
  readPage(response: HttpResponse, window: OpenWindow): Page {
    return this.reader.readPage(response, window.bounds);
  }

  /**
   * Reads the rows of a page of a window.
   * @param repeatable whether rows of this page may repeat because they were requested again.
   * @param touching the windows that may hold the same rows.
   * @param near the bounds of the starts of the rows; null if they may be anywhere.
   */
  take(
    window: OpenWindow,
    partition: Partition,
    page: Page,
    repeatable: boolean,
    touching: readonly Neighbour[],
    near: Span | null,
  ): TakenPage<Value> {
    const keys: string[] = [];
    const rows: ReadRow<Value>[] = [];
    const known = window.seen.size;
    for (const raw of page.rows ?? []) {
      const row = this.reader.readRow(raw, partition, window.bounds, near);
      keys.push(row.key);
      if (row.unreadable) this.noteUnreadable(window, row.key, touching);
      else if (this.isNewRow(window, partition, row, repeatable, touching)) rows.push(row);
    }
    return { keys, fresh: window.seen.size - known, rows };
  }

  /** Records an unreadable row. Each window that holds it is unreadable, and the row counts once. */
  private noteUnreadable(window: OpenWindow, key: string, touching: readonly Neighbour[]): void {
    if (window.seen.has(key)) return;
    window.seen.set(key, 0);
    window.unreadable += 1;
    if (!touching.some((neighbour) => neighbour.window.seen.has(key))) this.progress.unreadable += 1;
  }

  private isNewRow(
    window: OpenWindow,
    partition: Partition,
    row: Extract<ReadRow<Value>, { unreadable: false }>,
    repeatable: boolean,
    touching: readonly Neighbour[],
  ): boolean {
    const { key } = row;
    const rowPrint = fingerprint(digestOf(row.raw, this.volatile), row.startedAt ?? 0);
    const own = window.seen.get(key);
    if (own !== undefined) {
      // Before a call is settled, its start may change between two reads.
      if (startOf(own) !== startOf(rowPrint) && (window.plan.settled || !repeatable)) {
        // The fingerprint stays that of the delivered call, so that a later window does not take the other call for a delivered one.
        this.noteConflict(window, key);
        return false;
      }
      window.seen.set(key, rowPrint);
      if (!repeatable) {
        if (own !== rowPrint) window.changed ??= this.session.clean(key);
        this.noteDuplicate(window, key, own === rowPrint);
      }
      return false;
    }
    window.seen.set(key, rowPrint);
    for (const neighbour of touching) {
      const earlier = neighbour.window.seen.get(key);
      if (earlier === undefined) continue;
      // The consumer must receive both rows to recognise two calls, because the next read may return only one of them.
      if (this.policy.repeatedKeys === "deliver" && startOf(earlier) !== startOf(rowPrint)) continue;
      if (isConflict(earlier, rowPrint, neighbour, window, partition)) {
        window.seen.set(key, earlier);
        this.noteConflict(window, key);
        return false;
      }
      if (this.policy.repeatedKeys === "deliver") continue;
      if (!window.rereading && !repeatable) this.noteDuplicate(window, key, earlier === rowPrint);
      return false;
    }
    return true;
  }

  private noteConflict(window: OpenWindow, key: string): void {
    window.conflict ??= this.session.clean(key);
  }

  private noteDuplicate(window: OpenWindow, key: string, sameContent: boolean): void {
    this.progress.duplicates += 1;
    if (!sameContent) window.changes += 1;
    const { account } = this.session.provider;
    const { invocation } = this.progress;
    this.session.services.emit({
      type: "duplicate",
      account,
      operation: this.operation.name,
      invocation,
      window: window.id,
      key: this.session.clean(key),
      sameContent,
    });
  }
}

/**
 * Whether two rows of one key are two calls. The requested bounds of neighbouring windows overlap, and a call may change between two reads, except for its
 * start. Two partitions do not overlap, so that a settled call has the same content in both.
 */
function isConflict(
  earlier: number,
  rowPrint: number,
  neighbour: Neighbour,
  window: OpenWindow,
  partition: Partition,
): boolean {
  if (earlier === rowPrint) return false;
  if (startOf(earlier) !== startOf(rowPrint)) return true;
  return neighbour.partition !== partition && window.plan.settled && neighbour.window.plan.settled;
}

/** A fingerprint that is stored for every row: one half of a small integer for its content, the other half for its start. */
function fingerprint(digest: number, startMs: number): number {
  const start = (Math.imul(Math.floor(startMs) | 0, 0x9e3779b1) ^ Math.floor(startMs / 0x1_0000_0000)) >>> START_BITS;
  return ((digest ^ (digest >>> START_BITS)) << START_BITS) | (start & START_MASK);
}

function startOf(rowPrint: number): number {
  return rowPrint & START_MASK;
}
