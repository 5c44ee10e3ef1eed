import type { MappedCall } from "../../contract/provider.js";
import type { PlannedWindow } from "../lists/list-plan.js";
import type { Source } from "./list-source.js";

/** Rows may show whole seconds where windows are finer. */
const ROUNDING_MS = 1000;

/**
 * Watches the rows of a reading where windows are said to filter on the start: of a call that came in a window in which it did not start, it
 * warns, once. Then calls at the edges of ranges are missed, which nothing else shows.
 */
export function strayStartWatch(source: Source<MappedCall>): (call: MappedCall, startedAt: number, window: PlannedWindow) => void {
  let warned = source.plan.operation.window?.filtersOn !== "start";
  return ({ id: key }, startedAt, { span }) => {
    const { session, plan } = source;
    if (warned || span === null || plan.grid === null) return;
    const { start, end } = plan.grid.bounds(span);
    // An end that is a day may mean all of that day, where it is not known whether it is inclusive.
    const last = plan.operation.window?.end === "unknown" ? plan.grid.ceil(end.getTime() + 1) : end.getTime();
    if (startedAt >= start.getTime() - ROUNDING_MS && startedAt <= last + ROUNDING_MS) return;
    warned = true;
    const { account } = session.provider;
    const operation = plan.operation.name;
    const message = `${account}: ${operation}: a call came in a window in which it did not start, though \`filtersOn\` is "start". If the vendor filters on another time, calls at the edges of ranges are missing: look with \`client.probe\`, or set it to "unknown".`;
    session.services.emit({ type: "warning", account, operation, message, key: session.clean(key), field: null });
  };
}
