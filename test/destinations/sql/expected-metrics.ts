import type { CallRecord, Outcome } from "call-records";
import { isCounted } from "./queried-calls.js";

type Rows = Record<string, unknown>[];
type Calls = readonly CallRecord[];

const DAY = "2026-10-31";
const NOT_OFFERED: (Outcome | null)[] = ["self-service", "blocked", "out-of-hours"];

const isInbound = ({ direction }: CallRecord) => direction === "inbound";
const isOutbound = ({ direction }: CallRecord) => direction === "outbound";
const isAnswered = ({ outcome }: CallRecord) => outcome === "answered";
const isOffered = (call: CallRecord) => isInbound(call) && !NOT_OFFERED.includes(call.outcome);
const isMissed = (call: CallRecord) => isOffered(call) && !isAnswered(call) && call.outcome !== "abandoned";

const utcDay = (date: Date) => date.toISOString().slice(0, 10);
/** Shanghai has no summer time. */
const localTime = (date: Date | null) =>
  date === null ? null : new Date(date.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
const localDay = ({ startedAt }: CallRecord) => localTime(startedAt)?.slice(0, 10) ?? "";
/** The calls of the view `local_calls`, which contains internal calls. */
const ended = (calls: Calls) => calls.filter(({ id, state }) => state === "ended" && id !== "delisted");
const wholeSeconds = (date: Date) => Math.floor(date.getTime() / 1000);
const tenths = (value: number) => Number(value.toFixed(1));

function groups(calls: Calls, keyOf: (call: CallRecord) => string): [string, CallRecord[]][] {
  const keys = [...new Set(calls.map(keyOf))].sort();
  return keys.map((key) => [key, calls.filter((call) => keyOf(call) === key)]);
}
const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
/** The sum of the known values; null if none is known. */
const sumOrNull = (values: readonly (number | null)[]) => (known(values).length === 0 ? null : sum(known(values)));
const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);

export function dailyMetrics(calls: Calls): Rows {
  return groups(calls.filter(isCounted), ({ account, startedAt }) => `${account} ${utcDay(startedAt)}`).map(
    ([, group]) => {
      const count = (test: (call: CallRecord) => boolean) => group.filter(test).length;
      const [offered, answered] = [count(isOffered), count((call) => isInbound(call) && isAnswered(call))];
      const abandoned = count((call) => isInbound(call) && call.outcome === "abandoned");
      const [attempts, connected] = [count(isOutbound), count((call) => isOutbound(call) && isAnswered(call))];
      const waits = known(
        group.filter((call) => isInbound(call) && isAnswered(call)).map(({ waitSeconds }) => waitSeconds),
      );
      const [first] = group;
      return {
        account: first?.account,
        day: first === undefined ? null : utcDay(first.startedAt),
        offered,
        answered,
        abandoned,
        missed: offered - answered - abandoned,
        answer_rate: ratio(answered, offered),
        average_speed_of_answer_seconds: ratio(sum(waits), waits.length),
        outbound_attempts: attempts,
        outbound_connected: connected,
        outbound_connect_rate: ratio(connected, attempts),
        talk_seconds: sumOrNull(group.filter(isAnswered).map(({ talkSeconds }) => talkSeconds)),
        unclassified: count(({ direction }) => direction === "unknown"),
      };
    },
  );
}

export function missedIds(calls: Calls): string[] {
  return calls
    .filter((call) => isCounted(call) && isMissed(call))
    .map(({ id }) => id)
    .sort();
}

export function totalsByDay(calls: Calls): Rows {
  return groups(calls.filter(isCounted), ({ startedAt }) => utcDay(startedAt))
    .reverse()
    .map(([day, group]) => {
      const [offered, answered] = [group.filter(isOffered).length, group.filter(isOffered).filter(isAnswered).length];
      const rate = ratio(100 * answered, offered);
      return {
        day,
        offered,
        answered,
        missed: group.filter(isMissed).length,
        answered_percent: rate === null ? null : tenths(rate),
      };
    });
}

export function answerRateByHour(calls: Calls): Rows {
  const offered = ended(calls).filter((call) => isOffered(call) && localDay(call).startsWith("2026-10"));
  return groups(offered, ({ startedAt }) => localTime(startedAt)?.slice(11, 13) ?? "").map(([hour, group]) => {
    const answered = group.filter(isAnswered).length;
    return {
      local_hour: Number(hour),
      offered: group.length,
      answered,
      answered_percent: tenths((100 * answered) / group.length),
    };
  });
}

export function longestWaits(calls: Calls): Rows {
  return ended(calls)
    .filter((call) => isInbound(call) && call.waitSeconds !== null && localDay(call) === DAY)
    .sort(
      (one, other) =>
        (other.waitSeconds ?? 0) - (one.waitSeconds ?? 0) || one.startedAt.getTime() - other.startedAt.getTime(),
    )
    .map(({ startedAt, customer, queue, waitSeconds, outcome }) => ({
      local_start: localTime(startedAt),
      customer_number: customer?.number ?? null,
      queue_name: queue?.name ?? null,
      wait_seconds: waitSeconds,
      outcome,
    }));
}

export function firstResponses(calls: Calls): Rows {
  const outbound = ended(calls).filter(isOutbound);
  return ended(calls)
    .filter((call) => isOffered(call) && !isAnswered(call) && localDay(call) === DAY)
    .sort((one, other) => one.startedAt.getTime() - other.startedAt.getTime())
    .map(({ startedAt, customer, outcome }) => {
      const responses = outbound
        .filter((call) => call.startedAt > startedAt && call.customer?.number === customer?.number)
        .map((call) => wholeSeconds(call.startedAt));
      return {
        local_start: localTime(startedAt),
        customer_number: customer?.number ?? null,
        outcome,
        response_minutes:
          responses.length === 0 ? null : tenths((Math.min(...responses) - wholeSeconds(startedAt)) / 60),
      };
    });
}

export function agentsDay(calls: Calls): Rows {
  const day = ended(calls).filter((call) => call.agent !== null && localDay(call) === DAY);
  return groups(day, ({ account, agent }) => `${account} ${agent?.id}`).map(([, group]) => {
    const talk = sumOrNull(group.map(({ talkSeconds }) => talkSeconds));
    const starts = group.map(({ startedAt }) => localTime(startedAt)).sort();
    const ends = group.flatMap(({ endedAt }) => localTime(endedAt) ?? []).sort();
    return {
      account: group[0]?.account,
      agent_id: group[0]?.agent?.id,
      agent_name: group[0]?.agent?.name,
      calls: group.length,
      inbound: group.filter(isInbound).length,
      outbound: group.filter(isOutbound).length,
      answered: group.filter(isAnswered).length,
      talk_minutes: talk === null ? null : tenths(talk / 60),
      first_start: starts[0],
      last_end: ends.at(-1),
    };
  });
}

export function journey(calls: Calls, e164: string): Rows {
  return ended(calls)
    .filter(({ customer }) => customer !== null && (customer.e164 === e164 || `+86${customer.number}` === e164))
    .sort((one, other) => wholeSeconds(one.startedAt) - wholeSeconds(other.startedAt))
    .flatMap(({ startedAt, account, direction, outcome, queue, waitSeconds, legs }) =>
      (legs.length === 0 ? [null] : legs).map((leg) => ({
        local_start: localTime(startedAt),
        account,
        direction,
        outcome,
        queue_name: queue?.name ?? null,
        wait_seconds: waitSeconds,
        role: leg?.role ?? null,
        agent_name: leg?.agent?.name ?? null,
        talk_seconds: leg?.talkSeconds ?? null,
      })),
    );
}
