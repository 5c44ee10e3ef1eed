import { Zone } from "../adapter.js";
import type { CallRecord, ProvidedValues, Report } from "../index.js";
import { noCounts } from "./call-counts.js";
import { CallFacts } from "./call-facts.js";
import { ConcurrencyCounter, peakOf } from "./concurrency.js";
import { deriveMetrics } from "./derive-metrics.js";
import { GroupCell, GroupCounter } from "./group-counter.js";
import type { Metrics } from "./metrics.js";
import type { ReadMetricsOptions } from "./metrics-options.js";
import { provisionalFrom } from "./provisional.js";
import { valuesByProvider } from "./resolve-values.js";

/** A provider of the calls. */
interface CountedProvider {
  id: string;
  index: number;
  values: ProvidedValues;
  menuAbandonCodes: ReadonlySet<string> | null;
}

/** Counts calls in one pass. */
export class MetricsCounter {
  private readonly providers = new Map<string, CountedProvider>();
  /** The provider of the last call. */
  private lastProvider: CountedProvider | null = null;
  private readonly valuesOf: (id: string) => ProvidedValues;
  private readonly facts = new CallFacts();
  private readonly totals: GroupCell;
  private readonly groupings: readonly GroupCounter[];
  private readonly concurrency = new ConcurrencyCounter();
  private readonly zone: Zone | null;
  private readonly excluded = { active: 0, internal: 0 };
  private firstStart = Infinity;
  private lastStart = -Infinity;

  constructor(private readonly options: ReadMetricsOptions) {
    const { settings, capabilities } = options;
    this.valuesOf = valuesByProvider(capabilities);
    this.totals = new GroupCell(settings.menuAbandons);
    this.groupings = settings.groupBy.map((groupBy) => new GroupCounter(groupBy, settings));
    this.zone = settings.timeZone === null ? null : Zone.named(settings.timeZone);
  }

  /** @throws TypeError when a field that is counted has no valid value. */
  readonly add = (call: CallRecord): void => {
    if (call.state !== "ended") this.excluded.active += 1;
    else if (call.direction === "internal") this.excluded.internal += 1;
    else this.count(call);
  };

  private count(call: CallRecord): void {
    const { facts, zone } = this;
    const start = call.startedAt.getTime();
    if (Number.isNaN(start)) throw new TypeError("The start is not a time.");
    const { index, menuAbandonCodes } = this.providerOf(call.provider);
    facts.read(call, menuAbandonCodes);
    if (start < this.firstStart) this.firstStart = start;
    if (start > this.lastStart) this.lastStart = start;
    this.totals.add(facts, index);
    if (facts.isTimed) this.concurrency.add(facts.talkFrom, facts.talkTo);
    if (this.groupings.length === 0) return;
    const wall = zone === null ? 0 : zone.toWall(start);
    for (const grouping of this.groupings) grouping.add(call, wall, facts, index);
  }

  private providerOf(id: string): CountedProvider {
    if (this.lastProvider?.id === id) return this.lastProvider;
    const known = this.providers.get(id);
    if (known !== undefined) return (this.lastProvider = known);
    const values = this.valuesOf(id);
    const { menuAbandonCodes: codes } = values;
    const menuAbandonCodes = codes === null ? null : new Set(codes);
    const provider = { id, index: this.providers.size, values, menuAbandonCodes };
    this.providers.set(id, provider);
    return provider;
  }

  /** Returns the metrics of the calls so far. */
  result(report: Report | null): Metrics {
    // A vendor without calls does not provide its missing values either.
    for (const { provider } of report?.accounts ?? []) this.providerOf(provider);
    const { settings } = this.options;
    const ids = [...this.providers.keys()];
    const provides = Object.fromEntries([...this.providers].map(([id, { values }]) => [id, values]));
    const groupings = this.groupings.map((grouping) => grouping.grouping(ids, provides));
    const counts = { ...Object.fromEntries(ids.map((id) => [id, noCounts()])), ...this.totals.counts(ids) };
    const concurrency = this.concurrency.changes();
    const first = this.firstStart === Infinity ? null : new Date(this.firstStart).toISOString();
    return {
      version: 1,
      options: settings,
      totals: { ...deriveMetrics(counts, provides, settings), peakConcurrent: peakOf(concurrency) },
      groups: settings.isSingleGrouping ? (groupings[0]?.groups ?? []) : [],
      groupings: settings.isSingleGrouping ? [] : groupings,
      provisionalFrom: provisionalFrom(report),
      proof: report?.accounts ?? null,
      unprovenParts: report === null ? 1 : 0,
      firstCallAt: first,
      lastCallAt: first === null ? null : new Date(this.lastStart).toISOString(),
      excluded: { ...this.excluded },
      provides,
      concurrency,
    };
  }
}
