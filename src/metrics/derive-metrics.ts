import type { ProvidedValues } from "../index.js";
import { addCounts, addOutcomes, type CallCounts, callsOf, noCounts, sum } from "./call-counts.js";
import type {
  CallMetrics,
  InboundMetrics,
  MeasuredBy,
  OutboundMetrics,
  TalkStatistics,
  WaitStatistics,
} from "./metrics.js";
import type { MetricsSettings } from "./metrics-options.js";
import { Durations, type SecondCounts } from "./second-counts.js";

/** Derives the metrics of calls from their counts. They follow from the counts alone, so counts that were added give the metrics of all calls. */
export function deriveMetrics(
  counts: Readonly<Record<string, CallCounts>>,
  provides: Readonly<Record<string, ProvidedValues>>,
  settings: MetricsSettings,
): CallMetrics {
  const providers = Object.keys(counts).sort();
  const measuredBy = measuringProviders(providers, counts, provides);
  const over = sumsOver(counts);
  const all = over(providers);
  /** A number that none of the providers can supply is null. Without calls, it is 0. */
  const isKnown = (ids: readonly string[]) => ids.length > 0 || providers.length === 0;
  const unclassified = callsOf(all.unclassified);
  const talk = over(measuredBy.talkSeconds).durations.talk;
  return {
    calls: callsOf(all.inbound) + callsOf(all.outbound) + unclassified,
    inbound: deriveInbound(all, measuredBy, over, isKnown, settings),
    outbound: deriveOutbound(over(measuredBy.connectRate), isKnown(measuredBy.connectRate)),
    unclassified,
    talkSeconds: isKnown(measuredBy.talkSeconds) ? talkStatistics(talk) : null,
    measuredBy,
    counts: { ...counts },
  };
}

/** Counts of several providers together, and their durations in order. */
interface Sums extends CallCounts {
  durations: Record<"answered" | "abandoned" | "missed" | "talk", Durations>;
}

/** Returns the function that adds the counts of providers. Most numbers have the same providers, so it keeps the sums. */
function sumsOver(counts: Readonly<Record<string, CallCounts>>): (ids: readonly string[]) => Sums {
  const known = new Map<string, Sums>();
  return (ids) => {
    const name = JSON.stringify(ids);
    const sums = known.get(name) ?? withDurations(addCounts(ids.map((id) => counts[id] ?? noCounts())));
    known.set(name, sums);
    return sums;
  };
}

function withDurations(counts: CallCounts): Sums {
  const durations = {
    answered: Durations.of(counts.answeredWaits),
    abandoned: Durations.of(counts.abandonedWaits),
    missed: Durations.of(counts.missedWaits),
    talk: Durations.of(counts.talk),
  };
  return { ...counts, durations };
}

/** Returns the providers of each number: those that provide its values, by their declaration or because a call has one. */
function measuringProviders(
  ids: readonly string[],
  counts: Readonly<Record<string, CallCounts>>,
  provides: Readonly<Record<string, ProvidedValues>>,
): MeasuredBy {
  const all = ids.map((id) => {
    const [count, declared] = [counts[id] ?? noCounts(), provides[id]];
    const inbound = declared?.inbound !== false || callsOf(count.inbound) > 0;
    const abandoned = inbound && (declared?.abandoned !== false || (count.inbound.abandoned ?? 0) > 0);
    const wait = inbound && (declared?.waitSeconds !== false || hasWaits(count));
    return {
      id,
      inbound,
      abandoned,
      wait,
      menu: inbound && declared !== undefined && declared.menuAbandonCodes !== null,
      outbound: declared?.outbound !== false || callsOf(count.outbound) > 0,
      talk: declared?.talkSeconds !== false || !isEmpty(count.talk),
      timed: count.timed > 0,
    };
  });
  const idsWhere = (matches: (one: (typeof all)[number]) => boolean) => all.filter(matches).map(({ id }) => id);
  return {
    answerRate: idsWhere(({ inbound }) => inbound),
    abandonRate: idsWhere(({ abandoned }) => abandoned),
    abandonedInMenu: idsWhere(({ menu }) => menu),
    wait: idsWhere(({ wait }) => wait),
    serviceLevel: idsWhere(({ wait, abandoned }) => wait && abandoned),
    connectRate: idsWhere(({ outbound }) => outbound),
    talkSeconds: idsWhere(({ talk }) => talk),
    peakConcurrent: idsWhere(({ timed }) => timed),
  };
}

function hasWaits({ answeredWaits, abandonedWaits, missedWaits }: CallCounts): boolean {
  return ![answeredWaits, abandonedWaits, missedWaits].every(isEmpty);
}

function isEmpty(counts: SecondCounts): boolean {
  for (const seconds in counts) if (Object.hasOwn(counts, seconds)) return false;
  return true;
}

function deriveInbound(
  all: CallCounts,
  measuredBy: MeasuredBy,
  over: (ids: readonly string[]) => Sums,
  isKnown: (ids: readonly string[]) => boolean,
  settings: MetricsSettings,
): InboundMetrics {
  const numberOf = (ids: readonly string[], value: number) => (isKnown(ids) ? value : null);
  const {
    answerRate: inbound,
    abandonRate: abandoning,
    abandonedInMenu: menu,
    wait: waiting,
    serviceLevel,
  } = measuredBy;
  const [offered, answered] = [offeredOf(over(inbound), settings), over(inbound).inbound.answered ?? 0];
  const abandonment = abandonmentOf(over(abandoning), settings);
  const { answered: answeredWaits, abandoned: abandonedWaits, missed: missedWaits } = over(waiting).durations;
  return {
    offered: numberOf(inbound, offered),
    answered: numberOf(inbound, answered),
    abandoned: numberOf(abandoning, abandonment.abandoned),
    shortAbandoned: numberOf(abandoning, abandonment.short),
    missed: numberOf(abandoning, abandonment.missed),
    abandonedInMenu: numberOf(menu, over(menu).abandonedInMenu),
    answerRate: ratio(answered, offered),
    abandonRate: ratio(abandonment.abandoned - abandonment.short, abandonment.offered - abandonment.short),
    averageSpeedOfAnswer: answeredWaits.mean,
    wait: isKnown(waiting)
      ? waitStatistics(Durations.together(Durations.together(answeredWaits, abandonedWaits), missedWaits))
      : null,
    serviceLevel: serviceLevelOf(over(serviceLevel), settings),
    outcomes: addOutcomes([all.inbound]),
  };
}

function offeredOf({ inbound, abandonedInMenu }: CallCounts, { menuAbandons }: MetricsSettings): number {
  const notOffered = sum([inbound["self-service"] ?? 0, inbound.blocked ?? 0, inbound["out-of-hours"] ?? 0]);
  return callsOf(inbound) - notOffered - (menuAbandons === "excluded" ? abandonedInMenu : 0);
}

function abandonmentOf(counts: Sums, settings: MetricsSettings) {
  const offered = offeredOf(counts, settings);
  const abandoned = (counts.inbound.abandoned ?? 0) - counts.abandonedInMenu;
  const missed = offered - (counts.inbound.answered ?? 0) - abandoned;
  return { offered, abandoned, missed, short: shortAbandonsOf(counts, settings) };
}

function shortAbandonsOf({ durations }: Sums, { shortAbandonSeconds }: MetricsSettings): number {
  return shortAbandonSeconds === null ? 0 : durations.abandoned.upTo(shortAbandonSeconds);
}

function serviceLevelOf(counts: Sums, settings: MetricsSettings): number | null {
  const { seconds, of } = settings.serviceLevel;
  const { answered, abandoned, missed } = counts.durations;
  const handled = answered.known + abandoned.known - shortAbandonsOf(counts, settings);
  return ratio(answered.upTo(seconds), of === "offered" ? handled + missed.known : handled);
}

function deriveOutbound({ outbound }: CallCounts, isKnown: boolean): OutboundMetrics {
  const [attempts, connected] = [callsOf(outbound), outbound.answered ?? 0];
  return {
    attempts: isKnown ? attempts : null,
    connected: isKnown ? connected : null,
    connectRate: ratio(connected, attempts),
    outcomes: addOutcomes([outbound]),
  };
}

function waitStatistics(waits: Durations): WaitStatistics {
  return {
    known: waits.known,
    mean: waits.mean,
    median: waits.percentile(50),
    p90: waits.percentile(90),
    p95: waits.percentile(95),
    max: waits.max,
  };
}

function talkStatistics(talk: Durations): TalkStatistics {
  return {
    known: talk.known,
    total: talk.total,
    mean: talk.mean,
    median: talk.percentile(50),
    p90: talk.percentile(90),
    max: talk.max,
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
