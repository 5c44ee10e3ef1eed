import type { AccountSession } from "../account/account-session.js";
import type { ListPlan } from "./list-plan.js";
import type { PlannedWindow } from "./planned-window.js";
import type { ReadRow } from "./row-reader.js";

/** The times of rows may be whole seconds where windows are finer. */
const ROUNDING_MS = 1000;

/**
 * Detects a call in a window in which it did not start, although windows are declared to filter on the start. The vendor then filters on another time, and
 * calls at the edges of ranges are missing without any other sign. The first such call causes a warning.
 */
export class StartFilterCheck {
  /** Whether there was such a call. Then no window of the list can be verified. */
  found = false;

  constructor(
    private readonly session: AccountSession,
    private readonly plan: Pick<ListPlan<unknown>, "operation" | "grid">,
  ) {}

  check(rows: readonly ReadRow<unknown>[], { span }: PlannedWindow): void {
    const { operation, grid } = this.plan;
    if (this.found || span === null || grid === null || operation.window?.filtersOn !== "start") return;
    const { start } = grid.bounds(span);
    const last = grid.lastOf(span);
    for (const row of rows) {
      if (row.unreadable || row.startedAt === null) continue;
      if (row.startedAt < start.getTime() - ROUNDING_MS || row.startedAt > last + ROUNDING_MS) {
        this.note(row.key);
        return;
      }
    }
  }

  private note(key: string): void {
    this.found = true;
    const { session } = this;
    const { name: operation } = this.plan.operation;
    const message = `${operation}: a window listed a call that did not start in it, although \`filtersOn\` is "start". If the vendor filters on another time, calls at the edges of ranges are missing. Check with \`client.probe\`, or set \`filtersOn\` to "unknown". All intervals that are read count as unsettled.`;
    session.warn(operation, message, { key: session.clean(key) });
  }
}
