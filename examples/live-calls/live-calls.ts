import { setTimeout as sleep } from "node:timers/promises";
import type { AccountReport, CallRecord, CallRecordsClient } from "call-records";
import { snapshotOf } from "./snapshot.js";

/** Receives each snapshot, as JSON. */
export type Viewer = (snapshot: string) => void;

/** The last result of an account. */
interface AccountResult {
  report: AccountReport;
  calls: CallRecord[];
  /** Milliseconds without requests to the account after this result; 0 after a success. */
  pauseMs: number;
  pausedUntil: number;
}

const MAX_PAUSE_MS = 60_000;

/**
 * Reads the active calls once for all viewers, and only while there are viewers. The interval begins when a reading has ended. After each failure of an account,
 * the pause before its next request doubles, up to a minute, because some vendors lock an account after repeated attempts with wrong credentials.
 */
export class LiveCalls {
  readonly #client: CallRecordsClient;
  readonly #intervalMs: number;
  readonly #viewers = new Set<Viewer>();
  /** The results of all accounts, by label. Empty before the first reading. */
  readonly #results = new Map<string, AccountResult>();
  #reading: AbortController | null = null;
  #latest: string | null = null;
  /** The earliest time of the next reading. It is kept when all viewers leave, so that reloading the page does not cause more requests. */
  #dueAt = 0;

  constructor(client: CallRecordsClient, intervalMs: number) {
    this.#client = client;
    this.#intervalMs = intervalMs;
  }

  /** Passes the newest snapshot and all later ones to a viewer. @returns a function that stops this. */
  watch(viewer: Viewer): () => void {
    this.#viewers.add(viewer);
    if (this.#latest !== null && performance.now() < this.#dueAt) viewer(this.#latest);
    this.#reading ??= this.#startReading();
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#stopReading();
    };
  }

  /** Removes all viewers and stops reading. Call it before you close the client. */
  close(): void {
    this.#viewers.clear();
    this.#stopReading();
  }

  #stopReading(): void {
    this.#reading?.abort();
    this.#reading = null;
  }

  #startReading(): AbortController {
    const stop = new AbortController();
    this.#read(stop.signal).catch((error: unknown) => {
      // The failure of a vendor is in the report of its account. Any other error is a bug of this program, and must end it.
      if (!stop.signal.aborted) throw error;
    });
    return stop;
  }

  async #read(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(Math.max(0, this.#dueAt - performance.now()), undefined, { signal });
      try {
        await this.#readAccounts(signal);
      } finally {
        this.#dueAt = performance.now() + this.#intervalMs;
      }
      const results = [...this.#results.values()];
      this.#latest = JSON.stringify(
        snapshotOf(
          results.flatMap(({ calls }) => calls),
          results.map(({ report }) => report),
        ),
      );
      for (const viewer of this.#viewers) viewer(this.#latest);
    }
  }

  /** Reads the accounts that are not paused. The first time it reads all, also those whose vendor does not list active calls. */
  async #readAccounts(signal: AbortSignal): Promise<void> {
    const due = [...this.#results]
      .filter(([, { pausedUntil }]) => pausedUntil <= performance.now())
      .map(([account]) => account);
    if (due.length === 0 && this.#results.size > 0) return;
    const { calls, accounts } = await this.#client.activeCalls({
      accounts: this.#results.size > 0 ? due : undefined,
      isolateFailures: true,
      signal,
    });
    for (const report of accounts) {
      const { account } = report;
      const pauseMs = this.#pauseAfter(report, this.#results.get(account)?.pauseMs ?? 0);
      this.#results.set(account, {
        report,
        calls: calls.filter((call) => call.account === account),
        pauseMs,
        pausedUntil: performance.now() + pauseMs,
      });
    }
  }

  /** Returns the pause after a result: unlimited if the vendor does not list active calls. */
  #pauseAfter({ status }: AccountReport, lastMs: number): number {
    if (status === "unsupported") return Number.POSITIVE_INFINITY;
    return status === "failed" ? Math.min(2 * Math.max(lastMs, this.#intervalMs), MAX_PAUSE_MS) : 0;
  }
}
