import { setTimeout as sleep } from "node:timers/promises";
import type { CallRecordsClient } from "call-records";
import { snapshotOf } from "./snapshot.js";

/** Gets a snapshot, as JSON. */
export type Viewer = (snapshot: string) => void;

/** The calls going on, read once for however many look: only while somebody does, and the next time a while after the last has ended. */
export class LiveCalls {
  readonly #client: CallRecordsClient;
  readonly #intervalMs: number;
  readonly #viewers = new Set<Viewer>();
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
        const { calls, accounts } = await this.#client.activeCalls({ isolateFailures: true, signal });
        this.#latest = JSON.stringify(snapshotOf(calls, accounts));
      } finally {
        this.#dueAt = performance.now() + this.#intervalMs;
      }
      for (const viewer of this.#viewers) viewer(this.#latest);
    }
  }
}
