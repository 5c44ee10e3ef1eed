import type { AccountSession } from "../account/account-session.js";
import type { ListPlan } from "./list-plan.js";
import type { PlannedWindow } from "./planned-window.js";
import type { ReadRow } from "./row-reader.js";

/** Rows may show whole seconds where windows are finer. */
const ROUNDING_MS = 1000;

/**
 * Looks, where windows are said to filter on the start, for a call that came in a window in which it did not start. The vendor then filters on another time,
 * and calls at the edges of ranges are missing, which nothing else shows. The first is warned of.
 */
export class StartFilterCheck {
  /** Whether there was one: no window of the list then proves anything. */
  found = false;

  constructor(
    private readonly session: AccountSession,
    private readonly plan: Pick<ListPlan<unknown>, "operation" | "grid">,
  ) {}

  look(rows: readonly ReadRow<unknown>[], { span }: PlannedWindow): void {
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
    const { account } = session.provider;
    const { name: operation } = this.plan.operation;
    const message = `${account}: ${operation}: a call came in a window in which it did not start, though \`filtersOn\` is "start". If the vendor filters on another time, calls at the edges of ranges are missing: look with \`client.probe\`, or set it to "unknown". What is read counts as unsettled.`;
    session.services.emit({ type: "warning", account, operation, message, key: session.clean(key), field: null });
  }
}
