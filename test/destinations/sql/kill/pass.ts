import type { PassProcess } from "../../../kill/pass-process.js";
import type { Vendors } from "../../../sync/kill/account.js";
import type { Target } from "./target.js";

/** One pass of a writer, in its own process. */
export interface Pass {
  vendors: Vendors;
  target: Target;
  leaseSeconds: number;
  /** The start of the requested range. */
  from: string;
}

/** A message from the process. Writes have the numbers 1, 2 and so on. A write that fails is never written. */
export type WriterMessage =
  | { event: "ready" | "started" | "done" }
  | { event: "writing" | "written"; number: number; account: string }
  | { event: "failed"; text: string; isLeaseLost: boolean };

/** A process that writes to a database. */
export type Writer = PassProcess<Pass, WriterMessage>;
