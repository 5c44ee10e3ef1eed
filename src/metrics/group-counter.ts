import type { CallRecord, ProvidedValues } from "../index.js";
import { CallCounter } from "./call-counter.js";
import type { CallFacts } from "./call-facts.js";
import { deriveMetrics } from "./derive-metrics.js";
import { type Dimension, dimensionOf, type DimensionValue, printValue } from "./group-dimensions.js";
import { compareGroups, firstName } from "./group-order.js";
import type { GroupKey, MetricsGroup, MetricsGrouping } from "./metrics.js";
import type { GroupDimension, MetricsSettings } from "./metrics-options.js";

/** The calls of one group, by provider. */
export class GroupCell {
  /** The counter of each provider, by the provider's index. */
  private readonly counters: (CallCounter | undefined)[] = [];
  /** The name for each dimension; null where no name is known. */
  readonly names: (string | null)[] = [];

  constructor(private readonly menuAbandons: MetricsSettings["menuAbandons"]) {}

  add(facts: CallFacts, provider: number): void {
    (this.counters[provider] ??= new CallCounter(this.menuAbandons)).add(facts);
  }

  /** Returns the counts by provider. @param providers the ids, by index. */
  counts(providers: readonly string[]) {
    return Object.fromEntries(
      providers.flatMap((id, index) => {
        const counter = this.counters[index];
        return counter === undefined ? [] : [[id, counter.counts()] as const];
      }),
    );
  }
}

/** A value of a dimension: the values of the next dimension below it, or the calls. */
class KeyNode {
  private children: Map<DimensionValue, KeyNode> | null = null;
  /** The value and the node that were used last. Consecutive calls often have the same account. */
  private lastValue: DimensionValue = null;
  private lastChild: KeyNode | null = null;
  private cell: GroupCell | null = null;

  childOf(value: DimensionValue): KeyNode {
    if (this.lastChild !== null && this.lastValue === value) return this.lastChild;
    this.children ??= new Map();
    let child = this.children.get(value);
    if (child === undefined) {
      child = new KeyNode();
      this.children.set(value, child);
    }
    this.lastValue = value;
    this.lastChild = child;
    return child;
  }

  cellOf(menuAbandons: MetricsSettings["menuAbandons"]): GroupCell {
    return (this.cell ??= new GroupCell(menuAbandons));
  }

  /** Returns the cells below this node, with their values. */
  *cells(path: readonly DimensionValue[] = []): Generator<{ path: readonly DimensionValue[]; cell: GroupCell }> {
    if (this.cell !== null) yield { path, cell: this.cell };
    for (const [value, child] of this.children ?? []) yield* child.cells([...path, value]);
  }
}

/** Counts calls by the values of some dimensions. */
export class GroupCounter {
  private readonly dimensions: readonly Dimension[];
  private readonly named: readonly { index: number; nameOf: (call: CallRecord) => string | null }[];
  private readonly root = new KeyNode();

  constructor(
    private readonly groupBy: readonly GroupDimension[],
    private readonly settings: MetricsSettings,
  ) {
    this.dimensions = groupBy.map(dimensionOf);
    this.named = this.dimensions.flatMap(({ nameOf }, index) => (nameOf === undefined ? [] : [{ index, nameOf }]));
  }

  /** @param wall the local time of the start. */
  add(call: CallRecord, wall: number, facts: CallFacts, provider: number): void {
    let node = this.root;
    for (const dimension of this.dimensions) node = node.childOf(dimension.read(call, wall));
    const cell = node.cellOf(this.settings.menuAbandons);
    for (const { index, nameOf } of this.named) {
      const name = nameOf(call);
      const known = cell.names[index];
      if (name !== known) cell.names[index] = firstName(known ?? null, name);
    }
    cell.add(facts, provider);
  }

  grouping(providers: readonly string[], provides: Readonly<Record<string, ProvidedValues>>): MetricsGrouping {
    const groups = [...this.root.cells()].map(({ path, cell }): MetricsGroup => {
      const key: GroupKey = {};
      const names: MetricsGroup["names"] = {};
      this.dimensions.forEach((dimension, index) => {
        key[dimension.name] = printValue(dimension, path[index] ?? null);
        if (hasNames(dimension.name)) names[dimension.name] = cell.names[index] ?? null;
      });
      return { key, names, metrics: deriveMetrics(cell.counts(providers), provides, this.settings) };
    });
    return { groupBy: [...this.groupBy], groups: groups.sort(compareGroups(this.groupBy)) };
  }
}

function hasNames(name: GroupDimension): name is keyof MetricsGroup["names"] {
  return name === "agent" || name === "group" || name === "queue";
}
