import type { HttpResponse } from "../../contract/http.js";
import type { ListOperation, Page, Partition } from "../../contract/provider.js";
import type { AccountSession } from "../account/account-session.js";
import type { Span } from "./intervals.js";
import type { OpenWindow } from "./open-window.js";
import type { Progress } from "./progress.js";
import { digestOf, type IgnoredFields } from "./row-digest.js";
import { type ReadRow, RowReader } from "./row-reader.js";

/**
 * What a key means that comes in several windows. `deduplicate`: one row, handed on with the window that reads it first. `deliver`: one row, handed on
 * with each of the windows, which may close in any order; rows with different starts are handed on too, and are for the consumer to tell apart. `unrelated`: a row of each window's own, as a count is.
 */
export type RepeatedKeys = "deduplicate" | "deliver" | "unrelated";

/** What the rows of a page came to. */
export interface TakenPage<Value> {
  keys: string[];
  /** Keys that no earlier page of the window held. */
  fresh: number;
  /** Rows that are to be handed on. */
  rows: ReadRow<Value>[];
}

/** A window that may hold the same rows, and its list. */
export interface Neighbour {
  window: OpenWindow;
  partition: Partition;
}

const START_BITS = 16;
const START_MASK = 0xffff;

/** Reads the rows of pages, and tells rows that come again from two calls that share an id. */
export class PageRows<Value> {
  private readonly reader: RowReader<Value>;
  /** What may differ between two responses although the call has not changed. */
  private readonly volatile: IgnoredFields;

  constructor(
    private readonly session: AccountSession,
    private readonly operation: ListOperation<Value>,
    private readonly policy: { unreadableRows: "throw" | "report"; repeatedKeys: RepeatedKeys },
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
   * @param repeatable whether rows of this page may have come before because they were asked for again.
   * @param touching the windows that may hold the same rows.
   * @param near what the starts of the rows must lie near; null: they may lie anywhere.
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
      else if (this.isToBeHandedOn(window, partition, row, repeatable, touching)) rows.push(row);
    }
    return { keys, fresh: window.seen.size - known, rows };
  }

  /** Its window is not whole, whichever other window holds the row as well; the row counts once. */
  private noteUnreadable(window: OpenWindow, key: string, touching: readonly Neighbour[]): void {
    if (window.seen.has(key)) return;
    window.seen.set(key, 0);
    window.unreadable += 1;
    if (!touching.some((neighbour) => neighbour.window.seen.has(key))) this.progress.unreadable += 1;
  }

  private isToBeHandedOn(
    window: OpenWindow,
    partition: Partition,
    row: Extract<ReadRow<Value>, { unreadable: false }>,
    repeatable: boolean,
    touching: readonly Neighbour[],
  ): boolean {
    const { key } = row;
    const print = fingerprint(digestOf(row.raw, this.volatile), row.startedAt ?? 0);
    const own = window.seen.get(key);
    window.seen.set(key, print);
    if (own !== undefined) {
      // Until it is settled, a call may get another start between two readings.
      if (startOf(own) !== startOf(print) && (window.plan.settled || !repeatable)) this.noteConflict(window, key);
      else if (!repeatable) {
        if (own !== print) window.changed ??= this.session.clean(key);
        this.noteDuplicate(window, key, own === print);
      }
      return false;
    }
    for (const neighbour of touching) {
      const earlier = neighbour.window.seen.get(key);
      if (earlier === undefined) continue;
      // Whoever gets both rows has to see that they are two calls: the next reading may hold only one of them.
      if (this.policy.repeatedKeys === "deliver" && startOf(earlier) !== startOf(print)) continue;
      if (isConflict(earlier, print, neighbour, window, partition)) {
        this.noteConflict(window, key);
        return false;
      }
      if (this.policy.repeatedKeys === "deliver") continue;
      if (!window.rereading && !repeatable) this.noteDuplicate(window, key, earlier === print);
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
 * Whether two rows of one key are two calls. The bounds that are sent for neighbouring windows overlap, and a call may change between two readings: its
 * start does not. Two lists are read without any overlap: there, a settled call has one content.
 */
function isConflict(
  earlier: number,
  print: number,
  neighbour: Neighbour,
  window: OpenWindow,
  partition: Partition,
): boolean {
  if (earlier === print) return false;
  if (startOf(earlier) !== startOf(print)) return true;
  return neighbour.partition !== partition && window.plan.settled && neighbour.window.plan.settled;
}

/** Half of a small integer for the content of a row, and half for its start: it is kept for every row. */
function fingerprint(digest: number, startMs: number): number {
  const start = (Math.imul(Math.floor(startMs) | 0, 0x9e3779b1) ^ Math.floor(startMs / 0x1_0000_0000)) >>> START_BITS;
  return ((digest ^ (digest >>> START_BITS)) << START_BITS) | (start & START_MASK);
}

function startOf(print: number): number {
  return print & START_MASK;
}
