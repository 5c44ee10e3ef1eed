import { callRecordOf } from "../../adapter.js";
import type { CallRecord, CallState, Hangup, MenuKey, Outcome } from "../../index.js";
import { agentOf, impliedByLegs, legInstants, legOf, transferredLegs } from "./derived-legs.js";
import { partiesOf, partyOf } from "./derived-parties.js";
import { secondsBetween, startBefore, TIME_NAMES, type Times, timesAroundLegs, timesOf } from "./derived-times.js";
import { exampleCall, SECONDS } from "./example-call.js";
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
  const implied = { ...impliedByLegs(given.legs ?? [], overrides.legs ?? []), ...given };
  const state = implied.state ?? stateOf(implied);
  const outcome = implied.outcome === undefined ? outcomeOf(state, implied) : implied.outcome;
  const progress = PROGRESS[state === "ended" ? (outcome ?? "unknown") : state];
  const isEnded = state === "ended";
  const isServed = isEnded && progress === 3;
  const isQueued = given.queue !== null && ((progress >= 1 && direction === "inbound") || state === "queued");
  const hasMenu = isQueued && direction === "inbound";
  const known = knownOf(given, implied, { answeredAt: progress === 3, endedAt: isEnded });
  const usualTimes = timesOf(startWithLegs(known, overrides, isQueued), {
    queuedAt: isPresent(known.queuedAt, isQueued),
    ringingAt: isPresent(known.ringingAt, progress >= 2),
    answeredAt: isPresent(known.answeredAt, progress === 3),
    endedAt: isPresent(known.endedAt, isEnded),
  });
  const recordings = isServed
    ? (given.recordings ?? example.recordings)
    : isEnded && outcome === "voicemail"
      ? example.recordings.map((recording) => ({ ...recording, kind: "voicemail" as const }))
      : [];
  const talkIn = ({ answeredAt, endedAt }: Times) => known.talkSeconds ?? secondsBetween(answeredAt, endedAt);
  const agent = given.agent === undefined ? (progress >= 2 ? example.agent : null) : given.agent;
  const { startedAt: start, queuedAt: queued, ...later } = usualTimes;
  const usualLegs =
    progress >= 2
      ? example.legs.map((leg) => ({
          ...{ ...leg, ...later, agent, startedAt: queued ?? start, recordings: isServed ? recordings : [] },
          talkSeconds: given.talkSeconds ?? (isServed ? talkIn(usualTimes) : null),
        }))
      : [];
  const legs =
    given.legs !== undefined
      ? (overrides.legs ?? []).map((leg) => legOf(usualLegs[0], leg))
      : given.transferred === true
        ? usualLegs.flatMap(transferredLegs)
        : usualLegs;
  const times = given.legs === undefined ? usualTimes : timesAroundLegs(usualTimes, given, legs);
  const { startedAt, queuedAt, ringingAt, answeredAt, endedAt } = times;
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
      agent: given.agent === undefined && given.legs !== undefined ? agentOf(legs, agent) : agent,
      queue: isQueued || (given.queue !== null && queuedAt !== null) ? example.queue : null,
      ringSeconds:
        given.ringSeconds === undefined ? secondsBetween(ringingAt, answeredAt ?? endedAt) : given.ringSeconds,
      talkSeconds: isServed ? talkIn(times) : null,
      ivrSeconds: hasMenu
        ? secondsBetween(startedAt, queuedAt)
        : outcome === "self-service"
          ? secondsBetween(startedAt, endedAt)
          : null,
      hangup: isEnded ? hangupOf(outcome, example) : null,
      legs,
      transferred: legs.some((leg) => leg.transferredFrom !== null || leg.transferredTo !== null),
      menuKeys: hasMenu ? example.menuKeys.map((key) => ({ ...key, at: keyTimeOf(startedAt, queuedAt) })) : [],
      satisfaction: isServed ? example.satisfaction : null,
      cost: isEnded ? example.cost : null,
      recordings: implied.recordings ?? recordings,
    },
    undefined,
  );
  const base = { ...mapped, ...basesFor(overrides, mapped) };
  // These already contain their overrides.
  const merged = {
    caller: mapped.caller,
    callee: mapped.callee,
    customer: partyOf(mapped.customer, overrides.customer),
    line: partyOf(mapped.line, overrides.line),
    legs,
    menuKeys: overrides.menuKeys === undefined ? mapped.menuKeys : menuKeysOf(base.menuKeys, overrides.menuKeys),
  };
  return { ...(merge({ ...base, ...withoutRelated(base, overrides) }, overrides) as CallRecord), ...merged };
}

/** Returns the given fields and those that follow from legs, except for times that do not fit to the given state or outcome. */
function knownOf(
  given: Partial<CallRecord>,
  implied: Partial<CallRecord>,
  present: Readonly<Record<"answeredAt" | "endedAt", boolean>>,
): Partial<CallRecord> {
  const fits = (name: keyof typeof present) =>
    given[name] !== undefined || implied[name] === undefined || (implied[name] !== null) === present[name];
  const { answeredAt, endedAt, ...others } = implied;
  return {
    ...others,
    ...(answeredAt !== undefined && fits("answeredAt") ? { answeredAt } : {}),
    ...(endedAt !== undefined && fits("endedAt") ? { endedAt } : {}),
  };
}

/** Returns the known fields with the start of the first leg. Where only other times of the legs are known, the call begins shortly before them. */
function startWithLegs(
  known: Partial<CallRecord>,
  { legs: overrides = [] }: CallRecordOverrides,
  isQueued: boolean,
): Partial<CallRecord> {
  const legs = known.legs ?? [];
  const first = overrides[0]?.startedAt == null ? null : (legs[0]?.startedAt ?? null);
  const started = first === null ? known : { [isQueued ? "queuedAt" : "startedAt"]: first, ...known };
  const instants = legInstants(legs, overrides);
  const isTimed = TIME_NAMES.some((name) => started[name] !== undefined && started[name] !== null);
  if (isTimed || instants.length === 0) return started;
  return { ...started, startedAt: new Date(startBefore({ endedAt: new Date(Math.min(...instants)) }, "answeredAt")) };
}

function isOther(value: string | null, override: string | null | undefined): boolean {
  return override !== undefined && override !== value;
}

/** Returns the keys with the overrides. The label of the example belongs to its key. */
function menuKeysOf([usual]: readonly MenuKey[], overrides: NonNullable<CallRecordOverrides["menuKeys"]>): MenuKey[] {
  return overrides.map((override) => {
    const base = usual !== undefined && isOther(usual.key, override.key) ? { ...usual, label: null } : usual;
    return merge(base, override) as MenuKey;
  });
}

/** Returns the objects of the record without what described another value of an overridden field, such as the reason of another code. */
function withoutRelated({ hangup, queue }: CallRecord, overrides: CallRecordOverrides): Partial<CallRecord> {
  const without: Partial<CallRecord> = {};
  if (hangup !== null) {
    const { code, reason } = overrides.hangup ?? {};
    without.hangup = {
      ...hangup,
      ...(isOther(hangup.code, code) ? { reason: null } : {}),
      ...(typeof reason === "string" && isOther(hangup.reason, reason) ? { code: null } : {}),
    };
  }
  if (queue !== null) {
    const { id, name } = overrides.queue ?? {};
    without.queue = {
      id: typeof name === "string" && isOther(queue.name, name) ? null : queue.id,
      name: typeof id === "string" && isOther(queue.id, id) ? null : queue.name,
    };
  }
  return without;
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

/** The time of the key in the menu, which ends at `to`. */
function keyTimeOf(from: Date, to: Date | null): Date {
  const at = from.getTime() + SECONDS.menuKey * 1000;
  return new Date(to === null ? at : Math.min(at, to.getTime()));
}

function isPresent(given: Date | null | undefined, usual: boolean): boolean {
  return given === undefined ? usual : given !== null;
}
