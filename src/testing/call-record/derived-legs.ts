import { type Agent, type CallRecord, callRecordSchema, type Leg } from "../../index.js";
import { secondsBetween } from "./derived-times.js";
import { AGENT, exampleCall, SECOND_AGENT } from "./example-call.js";
import { type CallRecordOverrides, merge } from "./overrides.js";

type LegOverride = NonNullable<CallRecordOverrides["legs"]>[number];
type LegTime = "startedAt" | "ringingAt" | "answeredAt" | "endedAt";

const LEG_TIMES = ["startedAt", "ringingAt", "answeredAt", "endedAt"] as const satisfies readonly LegTime[];
const NO_TIMES = { agent: null, startedAt: null, ringingAt: null, answeredAt: null, endedAt: null, talkSeconds: null };

/** Returns a leg with the overrides. A leg that was not answered has no talk, and a customer's leg has no agent. */
export function legOf(base: Leg | undefined, override: LegOverride): Leg {
  const [usual] = exampleCall().legs;
  const whole = base ?? { ...usual, ...NO_TIMES };
  const example = {
    ...whole,
    ...(override.agent === undefined ? {} : { agent: whole.agent ?? AGENT }),
    ...(override.recordings === undefined ? {} : { recordings: exampleCall().recordings }),
  };
  const leg = inOrder(callRecordSchema.shape.legs.element.parse(merge(example, override)), override);
  const isTimed = LEG_TIMES.some((name) => override[name] !== undefined);
  return {
    ...leg,
    ...(leg.role === "customer" && override.agent === undefined ? { agent: null } : {}),
    ...(isTimed && override.talkSeconds === undefined
      ? { talkSeconds: secondsBetween(leg.answeredAt, leg.endedAt) }
      : {}),
    ...(leg.answeredAt === null && override.recordings === undefined ? { recordings: [] } : {}),
  };
}

/** Returns a leg whose open times lie between the overridden ones. */
function inOrder(leg: Leg, override: LegOverride): Leg {
  const ordered = { ...leg };
  let earliest = Number.NEGATIVE_INFINITY;
  for (const [index, name] of LEG_TIMES.entries()) {
    const time = leg[name]?.getTime();
    if (time === undefined) continue;
    const later = LEG_TIMES.slice(index + 1).flatMap((next) => (override[next] == null ? [] : [Number(leg[next])]));
    const at = override[name] === undefined ? Math.max(earliest, Math.min(time, ...later)) : time;
    ordered[name] = new Date(at);
    earliest = Math.max(earliest, at);
  }
  return ordered;
}

/** Returns the legs of a call that the first agent transferred to a second one after half of the talk, or of the time of the leg. */
export function transferredLegs(leg: Leg): Leg[] {
  const { startedAt, ringingAt, answeredAt, endedAt, talkSeconds } = leg;
  const from = answeredAt ?? ringingAt ?? startedAt;
  const half = Math.floor((talkSeconds ?? secondsBetween(from, endedAt) ?? 0) / 2);
  const at = from === null ? null : new Date(Math.min(from.getTime() + half * 1000, endedAt?.getTime() ?? Infinity));
  const first = leg.agent?.id ?? leg.agent?.name ?? AGENT.id;
  const second = first === SECOND_AGENT.id ? AGENT : SECOND_AGENT;
  const isAnswered = answeredAt !== null;
  return [
    { ...leg, endedAt: at, talkSeconds: talkSeconds === null ? null : half, transferredTo: second.id },
    {
      ...leg,
      ...{
        agent: leg.agent === null ? null : second,
        startedAt: at,
        ringingAt: at,
        answeredAt: isAnswered ? at : null,
      },
      talkSeconds: talkSeconds === null ? null : talkSeconds - half,
      ...{ transferredFrom: first, recordings: [] },
    },
  ];
}

/** Returns the agent who answered first, else the first agent; the given one where no leg has an agent. */
export function agentOf(legs: readonly Leg[], usual: Agent | null): Agent | null {
  const answered = legs
    .filter((leg) => leg.role === "agent" && leg.agent !== null && leg.answeredAt !== null)
    .sort((one, other) => Number(one.answeredAt) - Number(other.answeredAt));
  return (answered[0] ?? legs.find((leg) => leg.role === "agent" && leg.agent !== null))?.agent ?? usual;
}

/**
 * Returns the fields of the record that follow from overridden legs.
 * @param legs the overridden legs, whose values are valid.
 * @param overrides the same legs as the caller passed them.
 */
export function impliedByLegs(legs: readonly Leg[], overrides: readonly LegOverride[]): Partial<CallRecord> {
  const isNamed = (at: number, name: keyof Leg) => overrides[at]?.[name] !== undefined;
  const first = legs[0];
  const last = legs.at(-1);
  const talks = legs.filter((_, at) => isNamed(at, "talkSeconds"));
  const customers = talks.filter(({ role }) => role === "customer");
  const talk = (customers.length > 0 ? customers.slice(0, 1) : talks).flatMap(({ talkSeconds }) => talkSeconds ?? []);
  const recorded = legs.filter((_, at) => isNamed(at, "recordings"));
  return {
    ...(first !== undefined && isNamed(0, "ringingAt") ? { ringingAt: first.ringingAt } : {}),
    ...answeredBy(legs, (at) => isNamed(at, "answeredAt")),
    ...(last !== undefined && isNamed(legs.length - 1, "endedAt") ? { endedAt: last.endedAt } : {}),
    ...(talk.length > 0 ? { talkSeconds: talk.reduce((sum, seconds) => sum + seconds, 0) } : {}),
    ...(recorded.length > 0 ? { recordings: recorded.flatMap(({ recordings }) => recordings) } : {}),
  };
}

/** Returns when the first leg that was answered was, null if none was, and nothing if a leg before it leaves it open. */
function answeredBy(legs: readonly Leg[], isNamed: (at: number) => boolean): Pick<Partial<CallRecord>, "answeredAt"> {
  for (const [at, { answeredAt }] of legs.entries()) {
    if (!isNamed(at)) return {};
    if (answeredAt !== null) return { answeredAt };
  }
  return legs.length === 0 ? {} : { answeredAt: null };
}

/** Returns the overridden times of the legs, in milliseconds. */
export function legInstants(legs: readonly Leg[], overrides: readonly LegOverride[]): number[] {
  return legs.flatMap((leg, at) =>
    LEG_TIMES.flatMap((name) => (overrides[at]?.[name] == null ? [] : [Number(leg[name])])),
  );
}
