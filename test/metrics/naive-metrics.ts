import type { CallRecord, ProvidedValues } from "call-records";
import type { GroupDimension, MetricsOptions } from "call-records/metrics";

/** The options of the second implementation, all of which are set. */
export interface NaiveOptions {
  timeZone: string;
  groupBy: readonly GroupDimension[];
  serviceLevel: { seconds: number; of: "handled" | "offered" };
  shortAbandonSeconds: number | undefined;
  menuAbandons: NonNullable<MetricsOptions["menuAbandons"]>;
  provides: Readonly<Record<string, ProvidedValues>>;
}

/**
 * A second implementation of the metrics, by the definitions alone: it filters lists of calls for each number. It takes quadratic time and a lot of memory, and
 * shares no code with the first.
 */
export function naiveMetrics(calls: readonly CallRecord[], options: NaiveOptions) {
  const counted = calls.filter(({ state, direction }) => state === "ended" && direction !== "internal");
  const keys = [...new Set(counted.map((call) => JSON.stringify(keyOf(call, options))))];
  const groups = keys.map((text) => ({
    key: JSON.parse(text) as Record<string, string | null>,
    metrics: numbersOf(
      counted.filter((call) => JSON.stringify(keyOf(call, options)) === text),
      options,
    ),
  }));
  return { totals: { ...numbersOf(counted, options), peakConcurrent: peakOf(counted) }, groups };
}

function keyOf(call: CallRecord, { groupBy, timeZone }: NaiveOptions): Record<string, string | null> {
  const format = (options: Intl.DateTimeFormatOptions) => formatOf(timeZone, options).format(call.startedAt);
  const values: Record<GroupDimension, () => string | null> = {
    account: () => call.account,
    provider: () => call.provider,
    direction: () => call.direction,
    agent: () => call.agent?.id ?? call.agent?.name ?? null,
    group: () => call.agent?.groupId ?? call.agent?.groupName ?? null,
    queue: () => call.queue?.id ?? call.queue?.name ?? null,
    outcome: () => call.outcome ?? "unknown",
    day: () => format({ year: "numeric", month: "2-digit", day: "2-digit" }),
    hour: () => format({ hour: "2-digit" }).padStart(2, "0"),
    weekday: () =>
      String(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(format({ weekday: "short" }).slice(0, 3)) + 1),
  };
  return Object.fromEntries(groupBy.map((dimension) => [dimension, values[dimension]()]));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Keeps each format, because creating one takes much longer than using it. */
function formatOf(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = JSON.stringify([timeZone, options]);
  const known = formats.get(name) ?? new Intl.DateTimeFormat("en-CA", { timeZone, hourCycle: "h23", ...options });
  formats.set(name, known);
  return known;
}

function waitOf(call: CallRecord): number | null {
  if (call.waitSeconds !== null) return call.waitSeconds;
  const from = call.queuedAt ?? call.ringingAt;
  const to = call.answeredAt ?? call.endedAt;
  if (from === null || to === null || to < from) return null;
  return Math.round((to.getTime() - from.getTime()) / 1000);
}

function numbersOf(calls: readonly CallRecord[], options: NaiveOptions) {
  const { provides, menuAbandons, shortAbandonSeconds, serviceLevel } = options;
  const providers = [...new Set(calls.map(({ provider }) => provider))].sort();
  const where = (test: (values: ProvidedValues) => boolean, observed: (call: CallRecord) => boolean) =>
    providers.filter((id) => {
      const values = provides[id];
      return values === undefined || test(values) || calls.some((call) => call.provider === id && observed(call));
    });
  const isInbound = (call: CallRecord) => call.direction === "inbound";
  const isMenu = (call: CallRecord) =>
    isInbound(call) &&
    call.outcome === "abandoned" &&
    (provides[call.provider]?.menuAbandonCodes ?? []).includes(call.hangup?.code ?? "");
  const isOffered = (call: CallRecord) =>
    isInbound(call) &&
    !["self-service", "blocked", "out-of-hours"].includes(call.outcome ?? "unknown") &&
    !(isMenu(call) && menuAbandons === "excluded");
  const isAbandoned = (call: CallRecord) => isInbound(call) && call.outcome === "abandoned" && !isMenu(call);
  const isAnswered = (call: CallRecord) => call.outcome === "answered";
  const isShort = (call: CallRecord) =>
    isAbandoned(call) && shortAbandonSeconds !== undefined && (waitOf(call) ?? Infinity) <= shortAbandonSeconds;

  const inbound = where((values) => values.inbound, isInbound);
  const within = (ids: readonly string[], others: readonly string[]) => ids.filter((id) => others.includes(id));
  const abandoning = within(
    inbound,
    where(
      (values) => values.abandoned,
      (call) => isInbound(call) && call.outcome === "abandoned",
    ),
  );
  const waiting = within(
    inbound,
    where(
      (values) => values.waitSeconds,
      (call) => isOffered(call) && waitOf(call) !== null,
    ),
  );
  const menu = within(
    inbound,
    providers.filter((id) => (provides[id]?.menuAbandonCodes ?? null) !== null),
  );
  const outbound = where(
    (values) => values.outbound,
    ({ direction }) => direction === "outbound",
  );
  const talking = where(
    (values) => values.talkSeconds,
    (call) => isAnswered(call) && call.talkSeconds !== null,
  );
  const level = within(waiting, abandoning);
  const of = (ids: readonly string[], test: (call: CallRecord) => boolean) =>
    calls.filter((call) => ids.includes(call.provider) && test(call));
  const number = (ids: readonly string[], value: number) => (ids.length === 0 && providers.length > 0 ? null : value);
  const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  const count = (ids: readonly string[], test: (call: CallRecord) => boolean) => of(ids, test).length;
  const known = (ids: readonly string[], test: (call: CallRecord) => boolean) =>
    of(ids, (call) => test(call) && waitOf(call) !== null);

  const short = count(abandoning, isShort);
  const answeredInbound = (call: CallRecord) => isInbound(call) && isAnswered(call);
  const answeredWaits = known(waiting, answeredInbound).map((call) => waitOf(call) ?? 0);
  const inTime = known(level, answeredInbound).filter((call) => (waitOf(call) ?? 0) <= serviceLevel.seconds).length;
  const handled = known(level, (call) => answeredInbound(call) || (isAbandoned(call) && !isShort(call))).length;
  const offeredWithWait = known(level, (call) => isOffered(call) && !isShort(call)).length;
  const attempts = of(outbound, ({ direction }) => direction === "outbound");
  const talks = of(talking, (call) => isAnswered(call) && call.talkSeconds !== null).map(
    ({ talkSeconds }) => talkSeconds ?? 0,
  );
  const waits = known(waiting, isOffered).map((call) => waitOf(call) ?? 0);
  return {
    calls: calls.length,
    inbound: {
      offered: number(inbound, count(inbound, isOffered)),
      answered: number(inbound, count(inbound, answeredInbound)),
      abandoned: number(abandoning, count(abandoning, isAbandoned)),
      shortAbandoned: number(abandoning, short),
      missed: number(
        abandoning,
        count(abandoning, (call) => isOffered(call) && !isAnswered(call) && !isAbandoned(call)),
      ),
      abandonedInMenu: number(menu, count(menu, isMenu)),
      answerRate: ratio(count(inbound, answeredInbound), count(inbound, isOffered)),
      abandonRate: ratio(count(abandoning, isAbandoned) - short, count(abandoning, isOffered) - short),
      averageSpeedOfAnswer: meanOf(answeredWaits),
      wait: number(waiting, 0) === null ? null : waitStatistics(waits),
      serviceLevel: ratio(inTime, serviceLevel.of === "handled" ? handled : offeredWithWait),
      outcomes: byOutcome(calls.filter(isInbound)),
    },
    outbound: {
      attempts: number(outbound, attempts.length),
      connected: number(outbound, attempts.filter(isAnswered).length),
      connectRate: ratio(attempts.filter(isAnswered).length, attempts.length),
      outcomes: byOutcome(attempts),
    },
    unclassified: calls.filter(({ direction }) => direction === "unknown").length,
    talkSeconds: number(talking, 0) === null ? null : talkStatistics(talks),
    measuredBy: {
      answerRate: inbound,
      abandonRate: abandoning,
      abandonedInMenu: menu,
      wait: waiting,
      serviceLevel: level,
      connectRate: outbound,
      talkSeconds: talking,
      peakConcurrent: providers.filter((id) =>
        calls.some(
          ({ provider, answeredAt, endedAt }) =>
            provider === id && answeredAt !== null && endedAt !== null && answeredAt <= endedAt,
        ),
      ),
    },
  };
}

function byOutcome(calls: readonly CallRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of calls) counts[outcome ?? "unknown"] = (counts[outcome ?? "unknown"] ?? 0) + 1;
  return counts;
}

const meanOf = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Nearest rank: the value at the rank ⌈percent × n ÷ 100⌉ of the sorted values. */
function rank(values: readonly number[], percent: number): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? null;
}

const statistics = (values: readonly number[]) => ({
  known: values.length,
  mean: meanOf(values),
  median: rank(values, 50),
  p90: rank(values, 90),
  max: rank(values, 100),
});
const waitStatistics = (values: readonly number[]) => ({ ...statistics(values), p95: rank(values, 95) });
const talkStatistics = (values: readonly number[]) => ({
  ...statistics(values),
  total: values.reduce((sum, value) => sum + value, 0),
});

/** Counts the calls that are in progress in the first second of each call. */
function peakOf(calls: readonly CallRecord[]): { calls: number; at: string } | null {
  const spans = calls.flatMap(({ answeredAt, endedAt }) =>
    answeredAt === null || endedAt === null
      ? []
      : [{ from: Math.floor(answeredAt.getTime() / 1000), to: Math.floor(endedAt.getTime() / 1000) }],
  );
  let peak: { calls: number; second: number } | null = null;
  for (const { from: second } of spans) {
    const calls = spans.filter(({ from, to }) => from <= second && second < to).length;
    if (calls === 0) continue;
    if (peak === null || calls > peak.calls || (calls === peak.calls && second < peak.second)) peak = { calls, second };
  }
  return peak === null ? null : { calls: peak.calls, at: new Date(peak.second * 1000).toISOString() };
}
