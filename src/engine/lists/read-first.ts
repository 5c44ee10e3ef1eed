import { Intervals } from "./intervals.js";
import type { ListPlan } from "./list-plan.js";
import type { PlannedWindow } from "./planned-window.js";

/** Maximum number of ranges that get separate windows. The latest ones are chosen, so that many forged ranges do not cause many requests. */
const MAX_RANGES = 50;

/**
 * Returns a plan that reads ranges before everything else, in separate windows. It reads the same time as before: nothing is added or left out. Windows that
 * failed in an earlier pass are not divided.
 * @param ranges by the start of calls.
 */
export function readFirst<Value>(plan: ListPlan<Value>, ranges: Intervals): ListPlan<Value> {
  const { grid, coverage } = plan;
  if (grid === null || ranges.isEmpty) return plan;
  const planned = Intervals.of(plan.windows.flatMap(({ span }) => span ?? []));
  const wanted = Intervals.of(
    ranges
      .widen(coverage?.windowMarginMs ?? 0)
      .intersect(planned)
      .spans.slice(-MAX_RANGES)
      .map(({ from, to }) => ({ from: grid.floor(from), to: grid.ceil(to) })),
  );
  const [first, rest]: [PlannedWindow[], PlannedWindow[]] = [[], []];
  for (const window of plan.windows) {
    const whole = window.span === null ? Intervals.empty : Intervals.of([window.span]);
    const near = whole.intersect(wanted);
    if (near.isEmpty) rest.push(window);
    else if (window.failedBefore === true) first.push(window);
    else {
      first.push(...near.spans.map((span) => ({ ...window, span })));
      rest.push(...whole.subtract(near).spans.map((span) => ({ ...window, span })));
    }
  }
  return { ...plan, windows: [...first, ...rest] };
}
