import type { MetricsGroup } from "./metrics.js";
import type { GroupDimension } from "./metrics-options.js";

/** Returns the function that compares two groups by their values, in the order of the dimensions. Null comes last. */
export function compareGroups(
  groupBy: readonly GroupDimension[],
): (one: Pick<MetricsGroup, "key">, other: Pick<MetricsGroup, "key">) => number {
  return (one, other) => {
    for (const dimension of groupBy) {
      const order = compareValues(one.key[dimension] ?? null, other.key[dimension] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareValues(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -1 : 1;
}

/** Returns the name that comes first in alphabetical order, so that the result does not depend on the order of the calls. */
export function firstName(one: string | null, other: string | null): string | null {
  return compareValues(one, other) <= 0 ? one : other;
}
