import type { ErrorCode } from "../../model/errors.js";
import type { WindowResult } from "./coverage.js";
import { conflicting, incomplete, shortParts, unverified } from "./list-failure.js";
import { settledBefore } from "./list-limits.js";
import type { OpenWindow } from "./open-window.js";
import { Split } from "./planned-window.js";
import type { ReadRow } from "./row-reader.js";
import type { Delivery, RunContext } from "./run-context.js";
import { endingOf } from "./window-ending.js";

/** Decides the result of each window that was read to its end, and delivers the rows and the results. */
export class WindowResults<Value> {
  /** Whether anything was delivered. */
  hasDelivered = false;

  constructor(private readonly run: RunContext<Value>) {}

  /** Delivers rows that no window has delivered, and the result of the window with its last rows. */
  deliver(window: OpenWindow, rows: ReadRow<Value>[], result: WindowResult | null): void {
    this.hasDelivered = true;
    window.rows += rows.length;
    this.run.splitter.noteDelivered(rows.length);
    this.push({ window: window.plan, id: window.id, rows, result, sum: null }, window);
  }

  private push(delivery: Omit<Delivery<Value>, "partition" | "watermark">, window: OpenWindow): void {
    const { deliveries, queue } = this.run;
    const partition = queue.partitionOf(window);
    // The end of a window has weight too, so that the queue of empty windows is bounded.
    deliveries.push({ ...delivery, partition, watermark: queue.watermark }, delivery.rows.length + 1);
  }

  /** Handles a window that was read to its end, by its outcome. */
  settle(window: OpenWindow): void {
    const { verify } = this.run.policy;
    const ending = endingOf(window, this.run.plan.operation.paging, {
      verify,
      canSplit: this.run.splitter.maySplit(window),
      isCount: this.run.policy.repeatedKeys === "unrelated",
    });
    switch (ending.type) {
      case "split":
        this.run.splitter.splitUnverified(window, ending.parts, ending.whole, ending.unverifiedReason);
        return;
      case "whole":
        // Pages of one row are always full. Only the page after the total shows further rows.
        if (this.requestPastEnd(window, verify && window.plan.settled)) return;
        this.closeRead(window, this.isVerified(window) ? "verified" : "read");
        return;
      case "unverified":
        // It may hold more rows than its total. They are delivered, although they verify nothing.
        if (this.requestPastEnd(window, verify)) return;
        this.noteUnverified(window, ending.unverifiedReason);
        this.closeRead(window, "read");
        return;
      case "conflict":
        throw conflicting(this.run.errorContext(window), ending.shortfall);
      case "short":
        // Another read of a window that cannot be split would have the same result.
        if (window.unverifiedReason === null && window.readAgain()) return;
        if (this.run.splitter.splitShort(window)) return;
        if (!verify) this.noteIncomplete(window, ending.shortfall);
        if (verify && this.isSettled(window)) throw incomplete(this.run.errorContext(window), ending.shortfall);
        this.closeRead(window, "read");
    }
  }

  /**
   * Closes a window that was read to its end. After the last part of a split, the rows of all parts are compared with the whole. If they are too few, the
   * whole does not add up, rather than any one part.
   */
  closeRead(window: OpenWindow, result: "verified" | "read"): void {
    const short = this.endSplitPart(window);
    const { announced } = short?.known ?? { announced: null };
    if (short === null || announced === null || !this.run.policy.verify || !this.isSettled(window)) {
      // The vendor's number filter may not find every format of a number, and its total counts only what it finds.
      const found = this.run.plan.numberTexts === null ? result : "filtered";
      this.close(window, window.unreadable > 0 ? "unreadable" : found);
      return;
    }
    // The error refers to the whole, because other parts may count as verified already.
    this.deliverSum(window, short, "short");
    this.close(window, "read");
    throw shortParts({ ...this.run.errorContext(window), window: short.whole.bounds }, announced, short.found ?? 0);
  }

  private deliverSum(part: OpenWindow, { whole }: Split, sum: "short" | "checked"): void {
    const result = sum === "short" ? "incomplete" : "verified";
    this.push({ window: whole.plan, id: whole.id, rows: [], result, sum }, part);
  }

  /** Ends a part. Returns the split whose parts are now known to hold too few rows; else null. */
  private endSplitPart(window: OpenWindow): Split | null {
    window.ended = true;
    const { split } = window.plan;
    if (split === undefined) return null;
    Split.noteShared(
      window,
      this.run.queue.touching(window).filter(({ ended, isSplit }) => ended && !isSplit),
    );
    return split.end(window.seen.size);
  }

  /** Requests the page after the total, if necessary. A snapshot is read once and has no parts, so nothing else shows a total that is too small. */
  private requestPastEnd(window: OpenWindow, isToBeVerified: boolean): boolean {
    return (isToBeVerified || window.plan.span === null) && window.requestPastEnd();
  }

  /** Reports a window with an unverified end. The report of a snapshot has no unsettled interval, so it gets an error. */
  noteUnverified(window: OpenWindow, unverifiedReason: string): void {
    this.warn(window, `its end is not verified: ${unverifiedReason}. The rows that were read count as unsettled.`);
    if (!this.run.policy.verify) this.run.progress.note(unverified(this.run.errorContext(window), unverifiedReason));
  }

  /** Reports a snapshot that is delivered although it is incomplete. */
  private noteIncomplete(window: OpenWindow, shortfall: string): void {
    const error = incomplete(this.run.errorContext(window), shortfall);
    this.warn(window, `it does not add up: ${shortfall}.`);
    this.run.progress.note(error);
  }

  private isVerified(window: OpenWindow): boolean {
    const { verify } = this.run.policy;
    if (verify && window.unlisted)
      this.warn(
        window,
        "a response contained neither rows nor a total. It is treated as an empty page that verifies nothing, and its window counts as unsettled.",
      );
    return verify && window.plan.settled && !window.unlisted && !this.run.startFilterCheck.found;
  }

  private warn(window: OpenWindow, what: string): void {
    const { name: operation } = this.run.plan.operation;
    const where = window.bounds === null ? "" : ` (${window.bounds.from} to ${window.bounds.to})`;
    this.run.session.warn(operation, `${operation}${where}: ${what}`);
  }

  /** Whether a window is settled by the current clock. The clock of the plan may have been ahead. */
  private isSettled({ plan: { span, settled } }: OpenWindow): boolean {
    return (
      settled &&
      (span === null || span.to <= settledBefore(this.run.plan.settleMs, this.run.session.clock.soonestNow()))
    );
  }

  /** Closes a window, and delivers its result. */
  close(window: OpenWindow, result: WindowResult, error: ErrorCode | null = null): void {
    if (result !== "failed") this.run.outage.reset();
    if (!window.ended) window.plan.split?.end(null);
    window.ended = true;
    this.run.watch.ended(window, result, error);
    this.run.queue.close(window);
    this.deliver(window, [], result);
    const whole = window.plan.split?.awaited ?? null;
    if (this.run.policy.verify && whole?.isCheckedNow() === true) this.deliverSum(window, whole, "checked");
  }
}
