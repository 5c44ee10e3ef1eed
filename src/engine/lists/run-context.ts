import type { Partition } from "../../contract/provider.js";
import type { LinkedAbort } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import type { ErrorContext } from "../account/failure.js";
import type { Channel } from "./channel.js";
import type { WindowResult } from "./coverage.js";
import type { ListPlan } from "./list-plan.js";
import type { OutageWatch } from "./outage-watch.js";
import type { OpenWindow } from "./open-window.js";
import type { PlannedWindow } from "./planned-window.js";
import type { Progress } from "./progress.js";
import type { ReadRow } from "./row-reader.js";
import type { RunPolicy } from "./run-policy.js";
import type { StartFilterCheck } from "./start-filter-check.js";
import type { WindowQueue } from "./window-queue.js";
import type { WindowSplitter } from "./window-splitter.js";
import type { WindowWatch } from "./window-watch.js";

/** An item that a run delivers to its consumer, in the order of events. */
export interface Delivery<Value> {
  window: PlannedWindow;
  /** The window's id in events. */
  id: string;
  partition: Partition;
  rows: ReadRow<Value>[];
  /** The result of the window, with its last delivery; else null. */
  result: WindowResult | null;
  /** For a window whose parts were read in its place. `short`: they hold fewer rows than it; `checked`: they were compared with it. Null for any other window. */
  sum: "short" | "checked" | null;
  /** The earliest filter time that a later row can have, or the latest if the newest windows come first. */
  watermark: number;
}

/** The parts of a run that its classes share. */
export interface RunContext<Value> {
  session: AccountSession;
  plan: ListPlan<Value>;
  policy: RunPolicy;
  progress: Progress;
  deliveries: Channel<Delivery<Value>>;
  queue: WindowQueue;
  splitter: WindowSplitter;
  startFilterCheck: StartFilterCheck;
  watch: WindowWatch;
  outage: OutageWatch;
  /** Aborts the requests of the run. */
  abort: LinkedAbort;
  errorContext: (window: OpenWindow) => ErrorContext;
}
