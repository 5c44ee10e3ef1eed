import type { CallRecord, Outcome } from "call-records";
import { callMetrics } from "call-records/metrics";
import { callRecord } from "call-records/testing";
import { serve } from "../process.js";

/** The same calls counted by both, in rounds; or the memory of a long stream. */
export type MetricsTask = { compare: { calls: number; rounds: number } } | { stream: { calls: number } };

/** The milliseconds of each round. */
export interface MetricsRounds {
  metrics: number[];
  plain: number[];
}

/** The greatest memory in bytes while the stream was counted, by a plain loop and by the metrics. */
export interface MetricsStream {
  plain: number;
  metrics: number;
}

const AGENTS = 200;
const DAYS = 30;
const SAMPLE_CALLS = 1000;
const OUTCOMES: readonly Outcome[] = ["answered", "answered", "answered", "abandoned", "no-answer", "busy"];
const BASE = callRecord({ direction: "inbound", agent: { id: "0" } });
const GROUP_BY = ["account", "agent"] as const;

serve((task: MetricsTask): Promise<MetricsRounds | MetricsStream> => {
  if ("compare" in task) return compare(task.compare.calls, task.compare.rounds);
  return stream(task.stream.calls);
});

/** Returns calls of a month. The numbers are pseudo-random, and the same each time. */
function* callsOf(count: number): Generator<CallRecord> {
  let state = 7;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * limit);
  };
  const first = Date.parse("2026-11-01T00:00:00Z");
  for (let index = 0; index < count; index += 1) {
    const startedAt = new Date(first + Math.floor((index * DAYS * 86_400_000) / count));
    const outcome = OUTCOMES[below(OUTCOMES.length)] ?? "answered";
    const [wait, talk] = [below(120), 10 + below(900)];
    const answeredAt = outcome === "answered" ? new Date(startedAt.getTime() + wait * 1000) : null;
    yield {
      ...BASE,
      provider: "tencent-ccc",
      id: String(index),
      direction: below(3) === 0 ? "outbound" : "inbound",
      outcome,
      startedAt,
      queuedAt: startedAt,
      answeredAt,
      endedAt: new Date(startedAt.getTime() + (answeredAt === null ? wait : wait + talk) * 1000),
      waitSeconds: wait,
      talkSeconds: answeredAt === null ? null : talk,
      agent: BASE.agent === null ? null : { ...BASE.agent, id: String(below(AGENTS)) },
    };
  }
}

async function compare(count: number, rounds: number): Promise<MetricsRounds> {
  const calls = [...callsOf(count)];
  const measured: MetricsRounds = { metrics: [], plain: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const ours = await timed(() => callMetrics(calls, { groupBy: GROUP_BY }));
    const plain = await timed(() => Promise.resolve(plainLoop(calls)));
    // The first round only warms up.
    if (round === 0) continue;
    measured.metrics.push(ours);
    measured.plain.push(plain);
  }
  return measured;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The counts and sums of a group. */
class Sums {
  readonly outcomes = new Map<string, number>();
  calls = 0;
  waits = 0;
  waitSeconds = 0;
  talks = 0;
  talkSeconds = 0;
  first = Infinity;
  last = 0;
  progressMs = 0;

  add(call: CallRecord): void {
    const { outcome, direction, waitSeconds, talkSeconds, answeredAt, endedAt, hangup } = call;
    const name = outcome === "abandoned" && hangup?.code === "102" ? "menu" : (outcome ?? "unknown");
    this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + 1);
    this.calls += 1;
    if (direction === "inbound" && waitSeconds !== null) {
      this.waits += 1;
      this.waitSeconds += waitSeconds;
    }
    if (talkSeconds !== null) {
      this.talks += 1;
      this.talkSeconds += talkSeconds;
    }
    const start = call.startedAt.getTime();
    if (start < this.first) this.first = start;
    if (start > this.last) this.last = start;
    if (answeredAt !== null && endedAt !== null) this.progressMs += endedAt.getTime() - answeredAt.getTime();
  }
}

/** Counts and sums the fields that the metrics count, in total and by account and agent. */
function plainLoop(calls: Iterable<CallRecord>): Sums {
  const totals = new Sums();
  const accounts = new Map<string, Map<string | null, Sums>>();
  for (const call of calls) {
    if (call.state !== "ended" || call.direction === "internal") continue;
    totals.add(call);
    const agents = accounts.get(call.account) ?? new Map<string | null, Sums>();
    accounts.set(call.account, agents);
    const agent = call.agent?.id ?? call.agent?.name ?? null;
    const sums = agents.get(agent) ?? new Sums();
    agents.set(agent, sums);
    sums.add(call);
  }
  return totals;
}

/** Counts the same stream with both, and samples the memory. The plain loop comes first, so that the memory of the stream itself is not counted. */
async function stream(count: number): Promise<MetricsStream> {
  let peak = 0;
  function* sampled(): Generator<CallRecord> {
    let index = 0;
    for (const call of callsOf(count)) {
      yield call;
      index += 1;
      if (index % SAMPLE_CALLS === 0) peak = Math.max(peak, process.memoryUsage.rss());
    }
  }
  plainLoop(sampled());
  const plain = peak;
  peak = 0;
  const result = await callMetrics(sampled(), { groupBy: GROUP_BY });
  if (result.groups.length !== AGENTS) throw new TypeError(`There are ${result.groups.length} groups.`);
  return { plain, metrics: Math.max(peak, process.memoryUsage.rss()) };
}
