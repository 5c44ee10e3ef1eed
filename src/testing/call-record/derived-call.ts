import { callRecordOf } from "../../adapter.js";
import {
  type Agent,
  type CallRecord,
  callRecordSchema,
  type CallState,
  type Hangup,
  type Leg,
  type Outcome,
} from "../../index.js";
import { type Present, timesOf } from "./derived-times.js";
import { partiesOf, partyOf } from "./derived-parties.js";
import { AGENT, exampleCall, SECONDS } from "./example-call.js";
import { type CallRecordOverrides, merge } from "./overrides.js";

/** How far a call came: 0 before the queue, 1 in the queue, 2 an agent's telephone rang, 3 the two sides talked. */
const PROGRESS: Readonly<Record<Outcome | Exclude<CallState, "ended">, 0 | 1 | 2 | 3>> = {
  "queued": 1,
  "ringing": 2,
  "in-progress": 3,
  "answered": 3,
  "no-answer": 2,
  "abandoned": 2,
  "busy": 0,
  "rejected": 2,
  "canceled": 2,
  "unreachable": 0,
  "invalid-number": 0,
  "blocked": 0,
  "no-agent": 1,
  "out-of-hours": 0,
  "self-service": 0,
  "voicemail": 1,
  "failed": 0,
  "unknown": 2,
};

/** The side that ends a call with an outcome; the system ends all others. */
const HANGUP_BY: Partial<Record<Outcome, Hangup["by"]>> = {
  answered: "customer",
  abandoned: "customer",
  rejected: "customer",
  voicemail: "customer",
  canceled: "agent",
  unknown: "unknown",
};

/**
 * Returns the record in which every field that is not overridden follows from those that are.
 * @param given the overridden fields, as a record contains them.
 * @param overrides the same fields as the caller passed them: parts of objects and of lists.
 */
export function derivedCall(given: Partial<CallRecord>, overrides: CallRecordOverrides): CallRecord {
  const example = exampleCall();
  const { provider = example.provider, direction = example.direction } = given;
  const state = given.state ?? stateOf(given);
  const outcome = given.outcome === undefined ? outcomeOf(state, given) : given.outcome;
  const progress = PROGRESS[state === "ended" ? (outcome ?? "unknown") : state];
  const hasQueue = progress >= 1 && direction === "inbound";
  const times = timesOf(given, {
    queuedAt: isPresent(given.queuedAt, hasQueue || state === "queued"),
    ringingAt: isPresent(given.ringingAt, progress >= 2),
    answeredAt: isPresent(given.answeredAt, progress === 3),
    endedAt: isPresent(given.endedAt, state === "ended"),
  } satisfies Present);
  const isEnded = state === "ended";
  const isServed = isEnded && progress === 3;
  const { startedAt, queuedAt, ringingAt, answeredAt, endedAt } = times;
  const talkSeconds = isServed ? secondsBetween(answeredAt, endedAt) : null;
  const recordings = isServed
    ? example.recordings
    : isEnded && outcome === "voicemail"
      ? example.recordings.map((recording) => ({ ...recording, kind: "voicemail" as const }))
      : [];
  const agent = given.agent === undefined ? (progress >= 2 ? example.agent : null) : given.agent;
  const legs =
    progress >= 2
      ? example.legs.map((leg) => ({
          ...leg,
          ...{ agent, startedAt: queuedAt ?? startedAt, ringingAt, answeredAt, endedAt, recordings },
          talkSeconds: given.talkSeconds === undefined ? talkSeconds : given.talkSeconds,
        }))
      : [];
  const ownLegs = given.legs === undefined ? legs : (overrides.legs ?? []).map((leg) => legOf(legs[0], example, leg));
  const mapped = callRecordOf(
    provider,
    given.account ?? provider,
    {
      ...example,
      ...partiesOf(overrides, direction),
      ...times,
      state,
      outcome,
      direction,
      agent: given.agent === undefined && given.legs !== undefined ? agentOf(ownLegs, agent) : agent,
      queue: hasQueue || state === "queued" ? example.queue : null,
      ringSeconds:
        given.ringSeconds === undefined ? secondsBetween(ringingAt, answeredAt ?? endedAt) : given.ringSeconds,
      talkSeconds,
      ivrSeconds: hasQueue
        ? secondsBetween(startedAt, queuedAt)
        : outcome === "self-service"
          ? secondsBetween(startedAt, endedAt)
          : null,
      hangup: isEnded ? hangupOf(outcome, example) : null,
      legs: ownLegs,
      transferred: ownLegs.some((leg) => leg.transferredFrom !== null || leg.transferredTo !== null),
      menuKeys: hasQueue ? example.menuKeys.map((key) => ({ ...key, at: keyTimeOf(startedAt, queuedAt) })) : [],
      satisfaction: isServed ? example.satisfaction : null,
      cost: isEnded ? example.cost : null,
      recordings,
    },
    undefined,
  );
  // These already contain their overrides.
  const merged = {
    caller: mapped.caller,
    callee: mapped.callee,
    customer: partyOf(mapped.customer, overrides.customer),
    line: partyOf(mapped.line, overrides.line),
    legs: ownLegs,
  };
  return { ...(merge({ ...mapped, ...basesFor(overrides, mapped) }, overrides) as CallRecord), ...merged };
}

/** Returns what is merged with an overridden part of an object that the derived record does not have, such as the queue of an outbound call. */
function basesFor(overrides: CallRecordOverrides, mapped: CallRecord): Partial<CallRecord> {
  const { satisfaction, cost, recordings, menuKeys } = exampleCall();
  const bases: Partial<CallRecord> = {
    hangup: { by: "unknown", code: null, reason: null },
    queue: { id: null, name: null },
    menuKeys: menuKeys.map((key) => ({ ...key, at: null })),
    ...{ satisfaction, cost, recordings },
  };
  const given = new Set(Object.entries(overrides).flatMap(([name, value]) => (value === undefined ? [] : [name])));
  const isMissing = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);
  const missing = new Set(Object.entries(mapped).flatMap(([name, value]) => (isMissing(value) ? [name] : [])));
  return Object.fromEntries(Object.entries(bases).filter(([name]) => given.has(name) && missing.has(name)));
}

function stateOf({ outcome, endedAt, answeredAt, ringingAt }: Partial<CallRecord>): CallState {
  const isEnded = outcome === undefined ? endedAt !== null : outcome !== null;
  if (isEnded) return "ended";
  if (answeredAt !== null) return "in-progress";
  return ringingAt === null ? "queued" : "ringing";
}

function outcomeOf(state: CallState, { answeredAt }: Partial<CallRecord>): Outcome | null {
  if (state !== "ended") return null;
  return answeredAt === null ? "no-answer" : "answered";
}

function hangupOf(outcome: Outcome | null, { hangup }: CallRecord): Hangup | null {
  if (outcome === "answered") return hangup;
  return { by: HANGUP_BY[outcome ?? "unknown"] ?? "system", code: outcome === "unknown" ? "999" : null, reason: null };
}

/** Returns a leg with the overrides. A leg that was not answered has no talk, and a customer's leg has no agent. */
function legOf(
  base: Leg | undefined,
  { legs: [usual] }: CallRecord,
  override: NonNullable<CallRecordOverrides["legs"]>[number],
): Leg {
  const whole = base ?? { ...usual, ...NO_TIMES };
  const named = override.agent === undefined || whole.agent !== null ? whole : { ...whole, agent: AGENT };
  const leg = callRecordSchema.shape.legs.element.parse(merge(named, override));
  const isTimed = override.answeredAt !== undefined || override.endedAt !== undefined;
  return {
    ...leg,
    ...(leg.role === "customer" && override.agent === undefined ? { agent: null } : {}),
    ...(isTimed && override.talkSeconds === undefined
      ? { talkSeconds: secondsBetween(leg.answeredAt, leg.endedAt) }
      : {}),
    ...(leg.answeredAt === null && override.recordings === undefined ? { recordings: [] } : {}),
  };
}

const NO_TIMES = { agent: null, startedAt: null, ringingAt: null, answeredAt: null, endedAt: null, talkSeconds: null };

/** Returns the agent who answered first, else the first agent; the given one where no leg has an agent. */
function agentOf(legs: readonly Leg[], usual: Agent | null): Agent | null {
  const answered = legs
    .filter((leg) => leg.role === "agent" && leg.agent !== null && leg.answeredAt !== null)
    .sort((one, other) => Number(one.answeredAt) - Number(other.answeredAt));
  return (answered[0] ?? legs.find((leg) => leg.role === "agent" && leg.agent !== null))?.agent ?? usual;
}

/** The time of the key in the menu, which ends at `to`. */
function keyTimeOf(from: Date, to: Date | null): Date {
  const at = from.getTime() + SECONDS.menuKey * 1000;
  return new Date(to === null ? at : Math.min(at, to.getTime()));
}

function isPresent(given: Date | null | undefined, usual: boolean): boolean {
  return given === undefined ? usual : given !== null;
}

function secondsBetween(from: Date | null, to: Date | null): number | null {
  const seconds = from === null || to === null ? -1 : Math.round((to.getTime() - from.getTime()) / 1000);
  return seconds < 0 ? null : seconds;
}
