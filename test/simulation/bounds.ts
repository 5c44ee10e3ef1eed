import type { Provider } from "../../src/index.js";
import { planHistory } from "../../src/engine/lists/list-plan.js";
import { Random } from "../../src/testing/data/random.js";

const HOUR = 3_600_000;

/**
 * Returns the instants around which a reading is likely to have bugs: the bounds of its windows and of parts that these may be split into, the bounds of the range,
 * and the start of the settling period.
 */
export function boundsOf(provider: Provider, range: { from: number; to: number }, now: number, seed: number): number[] {
  const { grid, windows } = planHistory(provider, provider.operations.records, range, { now });
  const random = new Random(seed + 1);
  const parts = windows.flatMap(({ span }) =>
    span === null || grid === null || !random.chance(0.2) ? [] : grid.split(span, random.integer(2, 20)),
  );
  const bounds = [...windows.map(({ span }) => span), ...parts].flatMap((span) =>
    span === null ? [] : [span.from, span.to],
  );
  const settled = now - provider.settleSeconds * 1000;
  // The history has no calls around later bounds.
  return [range.from, range.to, settled, ...bounds].filter((bound) => bound <= now + HOUR);
}
