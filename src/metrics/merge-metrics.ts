import { isDeepStrictEqual } from "node:util";
import type { ProvidedValues } from "../index.js";
import { RequestError } from "../index.js";
import { addCounts, type CallCounts } from "./call-counts.js";
import { mergeChanges, peakOf } from "./concurrency.js";
import { deriveMetrics } from "./derive-metrics.js";
import { compareGroups, firstName } from "./group-order.js";
import type { Metrics, MetricsGroup } from "./metrics.js";
import type { GroupDimension, MetricsSettings } from "./metrics-options.js";
import { readMetrics } from "./metrics-schema.js";
import { earliest } from "./provisional.js";
import { commonValues } from "./resolve-values.js";

const OWNER = "mergeMetrics";

/**
 * Adds two results of `callMetrics`, such as those of two days, of two accounts, or of two processes. Either may have been stored as JSON. The result is exactly
 * that of one pass over the calls of both, also its percentiles, rates and `peakConcurrent`.
 *
 * The two must not contain the same calls, which would be counted twice. The order of merging has no effect, except on the order of `proof`.
 * @throws RequestError when an argument is not a result of `callMetrics`, or when the options of the two differ.
 */
export function mergeMetrics(a: Metrics, b: Metrics): Metrics {
  const [one, other] = [readMetrics(OWNER, "a", a), readMetrics(OWNER, "b", b)];
  checkOptions(one.options, other.options);
  const { options } = one;
  const provides = mergeRecords(one.provides, other.provides, commonValues);
  const concurrency = mergeChanges(one.concurrency, other.concurrency);
  const merge = (groupBy: readonly GroupDimension[], groups: readonly MetricsGroup[], more: readonly MetricsGroup[]) =>
    mergeGroups(groupBy, groups, more, provides, options);
  const counts = mergeRecords(one.totals.counts, other.totals.counts, bothCounts);
  const [first = []] = options.groupBy;
  return {
    version: 1,
    options,
    totals: { ...deriveMetrics(counts, provides, options), peakConcurrent: peakOf(concurrency) },
    groups: merge(first, one.groups, other.groups),
    groupings: one.groupings.map(({ groupBy, groups }, index) => ({
      groupBy,
      groups: merge(groupBy, groups, other.groupings[index]?.groups ?? []),
    })),
    provisionalFrom: earliest([one.provisionalFrom, other.provisionalFrom].filter((time) => time !== null)),
    proof: one.proof === null ? other.proof : [...one.proof, ...(other.proof ?? [])],
    unprovenParts: one.unprovenParts + other.unprovenParts,
    firstCallAt: earliest([one.firstCallAt, other.firstCallAt].filter((time) => time !== null)),
    lastCallAt: latest(one.lastCallAt, other.lastCallAt),
    excluded: {
      active: one.excluded.active + other.excluded.active,
      internal: one.excluded.internal + other.excluded.internal,
    },
    provides,
    concurrency,
  };
}

/** @throws RequestError that names the options that differ. */
function checkOptions(one: MetricsSettings, other: MetricsSettings): void {
  const names = ["timeZone", "groupBy", "serviceLevel", "shortAbandonSeconds", "menuAbandons"] as const;
  const differing = names.filter((name) => !isDeepStrictEqual(one[name], other[name]));
  if (one.isSingleGrouping !== other.isSingleGrouping && !differing.includes("groupBy")) differing.push("groupBy");
  if (differing.length === 0) return;
  const listed = differing.map((name) => `\`options.${name}\``).join(", ");
  throw new RequestError(
    `${OWNER}: arguments \`a\` and \`b\`: must have been computed with the same options: ${listed} differ.`,
  );
}

function mergeGroups(
  groupBy: readonly GroupDimension[],
  one: readonly MetricsGroup[],
  other: readonly MetricsGroup[],
  provides: Readonly<Record<string, ProvidedValues>>,
  options: MetricsSettings,
): MetricsGroup[] {
  const merged = new Map<string, Omit<MetricsGroup, "metrics"> & { counts: Record<string, CallCounts> }>();
  for (const { key, names, metrics } of [...one, ...other]) {
    const text = JSON.stringify(groupBy.map((dimension) => key[dimension]));
    const known = merged.get(text);
    merged.set(text, {
      key,
      names: known === undefined ? names : mergeNames(known.names, names),
      counts: known === undefined ? metrics.counts : mergeRecords(known.counts, metrics.counts, bothCounts),
    });
  }
  return [...merged.values()]
    .map(({ key, names, counts }) => ({ key, names, metrics: deriveMetrics(counts, provides, options) }))
    .sort(compareGroups(groupBy));
}

function mergeNames(one: MetricsGroup["names"], other: MetricsGroup["names"]): MetricsGroup["names"] {
  const merged = { ...one };
  for (const dimension of ["agent", "group", "queue"] as const)
    if (dimension in other) merged[dimension] = firstName(one[dimension] ?? null, other[dimension] ?? null);
  return merged;
}

function bothCounts(one: CallCounts, other: CallCounts): CallCounts {
  return addCounts([one, other]);
}

/** Merges the values of each id. */
function mergeRecords<Value>(
  one: Readonly<Record<string, Value>>,
  other: Readonly<Record<string, Value>>,
  merge: (one: Value, other: Value) => Value,
): Record<string, Value> {
  const merged = new Map(Object.entries(one));
  for (const [id, value] of Object.entries(other)) {
    const known = merged.get(id);
    merged.set(id, known === undefined ? value : merge(known, value));
  }
  return Object.fromEntries(merged);
}

function latest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return Date.parse(one) >= Date.parse(other) ? one : other;
}
