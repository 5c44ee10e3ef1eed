import { Zone } from "../../adapter.js";
import { RequestError } from "../../index.js";
import {
  type CallMetrics,
  type GroupDimension,
  type Metrics,
  type MetricsGroup,
  type PeakConcurrent,
  REPORT_GROUPINGS,
} from "../../metrics/index.js";
import { peakOf } from "../../metrics/concurrency.js";
import { readMetrics } from "../../metrics/metrics-schema.js";
import { type Day, dayOfDate, dayOfWall } from "../calendar/day.js";
import { type DayState, statesOf, worstState } from "../calendar/day-states.js";
import { type Period, periodsOf } from "../calendar/periods.js";
import { groupAdder } from "./add-groups.js";
import { type AccountProof, readProof } from "./read-proof.js";

/** A group with the metrics that follow from its counts. */
export type ReportGroup = Omit<MetricsGroup, "metrics"> & { metrics: CallMetrics };

/** The proof of one account, and the state of each of its days. */
export interface VerifiedAccount {
  proof: AccountProof;
  states: ReadonlyMap<Day, DayState>;
}

/** The data of the page. */
export interface ReportData {
  metrics: Metrics;
  totals: CallMetrics;
  peak: PeakConcurrent | null;
  zone: Zone;
  /** The ids of the providers. */
  providers: string[];
  /** The first and the last day; null where there are neither calls nor a report. */
  range: { first: Day; last: Day } | null;
  periods: Period[];
  accounts: ReportGroup[];
  hours: ReportGroup[];
  agents: ReportGroup[];
  queues: ReportGroup[];
  /** Null where nothing proves that no call is missing. */
  proof: VerifiedAccount[] | null;
}

/**
 * Checks the metrics, which may come from JSON, and computes every number again from their counts.
 * @throws RequestError when the value is not a result of `callMetrics`, or lacks a grouping.
 */
export function readReportData(owner: string, given: Metrics): ReportData {
  const metrics = readMetrics(owner, "metrics", given);
  const groupsBy = groupFinder(owner, metrics);
  const metricsOf = groupAdder(metrics);
  const recomputed = (groups: readonly MetricsGroup[]) =>
    groups.map((group): ReportGroup => ({ ...group, metrics: metricsOf([group]) }));
  // The options contain a zone, because a grouping contains days.
  const zone = Zone.named(metrics.options.timeZone ?? "UTC");
  const proof =
    readProof(owner, metrics.proof)?.map((one): VerifiedAccount => ({ proof: one, states: statesOf(one, zone) })) ??
    null;
  const days = groupsBy("day");
  const range = rangeOf(metrics, days, proof, zone);
  const stateOf = (day: Day) => stateOfDay(proof, day);
  return {
    metrics,
    totals: metricsOf([{ key: {}, names: {}, metrics: metrics.totals }]),
    peak: peakOf(metrics.concurrency),
    zone,
    providers: Object.keys(metrics.provides).sort(),
    range,
    periods: range === null ? [] : periodsOf(range, days, stateOf, metricsOf),
    accounts: recomputed(groupsBy("account")),
    hours: recomputed(groupsBy("weekday", "hour")),
    agents: recomputed(groupsBy("account", "agent")),
    queues: recomputed(groupsBy("account", "queue")),
    proof,
  };
}

/** Returns the function that finds the groups by some dimensions. @throws RequestError when one of REPORT_GROUPINGS is missing. */
function groupFinder(owner: string, { groupings }: Metrics): (...groupBy: GroupDimension[]) => MetricsGroup[] {
  const found = new Map(groupings.map(({ groupBy, groups }) => [groupBy.join(), groups]));
  const missing = REPORT_GROUPINGS.filter((groupBy) => !found.has(groupBy.join()));
  if (missing.length > 0)
    throw new RequestError(
      `${owner}: argument \`metrics\`: must contain the groupings of REPORT_GROUPINGS. These are missing: ${missing.map((groupBy) => groupBy.join(" and ")).join("; ")}. Pass \`groupBy: REPORT_GROUPINGS\` to callMetrics.`,
    );
  return (...groupBy) => found.get(groupBy.join()) ?? [];
}

/** Returns the state of a day for all accounts together. An account whose report does not mention the day proves nothing for it. */
export function stateOfDay(proof: readonly VerifiedAccount[] | null, day: Day): DayState {
  const requested = (proof ?? []).filter(({ proof: { status } }) => status !== "unsupported");
  return worstState(requested.map(({ states }) => states.get(day) ?? "unverified"));
}

function rangeOf(
  { firstCallAt, lastCallAt }: Metrics,
  groups: readonly MetricsGroup[],
  proof: readonly VerifiedAccount[] | null,
  zone: Zone,
): ReportData["range"] {
  const calls = [firstCallAt, lastCallAt].flatMap((time) =>
    time === null ? [] : [dayOfWall(zone.toWall(Date.parse(time)))],
  );
  const days = [
    ...calls,
    ...groups.map(({ key }) => dayOfDate(key.day ?? "")),
    ...(proof ?? []).flatMap(({ states }) => [...states.keys()]),
  ];
  const [first, last] = [least(days), -least(days.map((day) => -day))];
  return Number.isFinite(first) ? { first, last } : null;
}

/** Not `Math.min`, which cannot take as many arguments as there may be days. */
function least(days: readonly Day[]): Day {
  return days.reduce((least, day) => (day < least ? day : least), Infinity);
}
