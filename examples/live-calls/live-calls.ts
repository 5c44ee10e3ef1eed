import { setTimeout as sleep } from "node:timers/promises";
import type { AccountReport, CallRecord, CallRecordsClient } from "call-records";
import { snapshotOf } from "./snapshot.js";

/** Gets a snapshot, as JSON. */
export type Viewer = (snapshot: string) => void;

/** What an account answered last. */
interface Answer {
  report: AccountReport;
  calls: CallRecord[];
  /** Milliseconds that it is left alone after that; 0 where it answers well. */
  restMs: number;
  restsUntil: number;
}

const LONGEST_REST_MS = 60_000;

/**
 * The calls going on, read once for however many look: only while somebody does, and the next time a while after the last has ended. An account that fails is
 * asked again after twice as long each time, up to a minute: some vendors shut out who comes with wrong credentials again and again.
 */
export class LiveCalls {
  readonly #client: CallRecordsClient;
  readonly #intervalMs: number;
  readonly #viewers = new Set<Viewer>();
  /** Of all accounts, by label; of none before the first reading. */
  readonly #answers = new Map<string, Answer>();
  #reading: AbortController | null = null;
  #latest: string | null = null;
  /** When the vendors may be asked again. It outlasts the viewers: one who reloads the page over and over asks them no more often. */
  #dueAt = 0;

  constructor(client: CallRecordsClient, intervalMs: number) {
    this.#client = client;
    this.#intervalMs = intervalMs;
  }

  /** Shows the newest snapshot and each that follows. @returns how to stop. */
  watch(viewer: Viewer): () => void {
    this.#viewers.add(viewer);
    if (this.#latest !== null && performance.now() < this.#dueAt) viewer(this.#latest);
    this.#reading ??= this.#startReading();
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#stopReading();
    };
  }

  /** Shows nothing any more. Whoever closes the client does this first. */
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
      // What fails at a vendor is in its account's report. Anything else is a mistake in this program, which should end by it.
      if (!stop.signal.aborted) throw error;
    });
    return stop;
  }

  async #read(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(Math.max(0, this.#dueAt - performance.now()), undefined, { signal });
      try {
        await this.#ask(signal);
      } finally {
        this.#dueAt = performance.now() + this.#intervalMs;
      }
      const responses = [...this.#answers.values()];
      this.#latest = JSON.stringify(
        snapshotOf(
          responses.flatMap(({ calls }) => calls),
          responses.map(({ report }) => report),
        ),
      );
      for (const viewer of this.#viewers) viewer(this.#latest);
    }
  }

  /** Asks the accounts that do not rest; at first all, also those that will say that they cannot tell. */
  async #ask(signal: AbortSignal): Promise<void> {
    const awake = [...this.#answers]
      .filter(([, { restsUntil }]) => restsUntil <= performance.now())
      .map(([account]) => account);
    if (awake.length === 0 && this.#answers.size > 0) return;
    const { calls, accounts } = await this.#client.activeCalls({
      accounts: this.#answers.size > 0 ? awake : undefined,
      isolateFailures: true,
      signal,
    });
    for (const report of accounts) {
      const { account } = report;
      const restMs = this.#restAfter(report, this.#answers.get(account)?.restMs ?? 0);
      this.#answers.set(account, {
        report,
        calls: calls.filter((call) => call.account === account),
        restMs,
        restsUntil: performance.now() + restMs,
      });
    }
  }

  #restAfter({ status }: AccountReport, lastMs: number): number {
    if (status === "unsupported") return Number.POSITIVE_INFINITY;
    return status === "failed" ? Math.min(2 * Math.max(lastMs, this.#intervalMs), LONGEST_REST_MS) : 0;
  }
}
