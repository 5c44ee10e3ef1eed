import type { Vendors } from "./account.js";

export type ConsumerKind = "at-least-once" | "transactional" | "reading-ahead";

/** One pass of a consumer, in a process of its own. */
export interface Pass {
  vendors: Vendors;
  consumer: ConsumerKind;
  /** Where it keeps what it keeps. */
  folder: string;
  /** The start of the ground. */
  from: string;
  /** Which of a campaign's processes it is. */
  run: number;
}

/** What the process tells: that it can begin, which batch it has in hand, that the pass has ended. */
export type Told = "ready" | { batch: number } | "done" | { failure: string };
