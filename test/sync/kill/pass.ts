import type { Vendors } from "./account.js";

export type ConsumerKind = "at-least-once" | "transactional" | "reading-ahead";

/** One pass of a consumer, in its own process. */
export interface Pass {
  vendors: Vendors;
  consumer: ConsumerKind;
  /** The folder of its rows and checkpoints. */
  folder: string;
  /** The start of the requested range. */
  from: string;
  /** The index of the process within the campaign. */
  run: number;
}

/** A message from the process: it is ready, it has received a batch, the pass has ended, or the pass has failed. */
export type ProcessMessage = "ready" | { batch: number } | "done" | { failure: string };
