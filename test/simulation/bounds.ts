import type { Provider } from "../../src/index.js";
import { planHistory } from "../../src/engine/lists/list-plan.js";
import { Random } from "../../src/testing/data/random.js";

const HOUR = 3_600_000;

/**
 * The instants around which a reading may go wrong: the bounds of the windows that a range is read by, and of parts that these may be split into; the
 * range's own; and where settling begins.
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
  // What lies far from the history cannot be on its calls' way.
  return [range.from, range.to, settled, ...bounds].filter((bound) => bound <= now + HOUR);
}
