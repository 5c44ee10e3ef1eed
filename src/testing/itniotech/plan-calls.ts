import { planCustomCalls, type CustomCall } from "../data/custom-call.js";
import { talkLength, type Generation } from "../data/generation.js";
import { customerNumber } from "../data/phone-number.js";
import type { CallDirection, PlannedCall } from "../data/planned-call.js";
import type { Random } from "../data/random.js";
import type { Roster } from "../data/roster.js";
import { ANSWERED_ENDINGS, MISSED_ENDINGS, endingOf } from "./hangup-reasons.js";

/** callType: 1 group call to agent, 2 incoming, 3 outgoing. */
const CALL_TYPES = [
  [3, 52],
  [2, 26],
  [1, 22],
] as const;
const ANSWERED: Record<number, number> = { 1: 0.36, 2: 0.79, 3: 0.47 };
const LINES = ["8613200000003", "85230018899", "6531580000"] as const;
/** The sample's keyId. */
const FIRST_KEY = 50_180_345;

/** callType of an inbound call. */
export const INBOUND_CALL_TYPE = 2;
/** callType of a call to a group, and of an outgoing call. */
export const OUTBOUND_CALL_TYPES: readonly number[] = [1, 3];

const directionOf = (type: number): CallDirection => (type === INBOUND_CALL_TYPE ? "inbound" : "outbound");

function planCall(id: string, start: number, random: Random, roster: Roster, isActive: boolean): PlannedCall {
  const startedAt = Math.floor(start / 1000) * 1000;
  const type = random.weighted(CALL_TYPES);
  const answered = isActive || random.chance(ANSWERED[type] ?? 0.5);
  const usual = endingOf(answered ? 1 : 0, 0);
  const missed = MISSED_ENDINGS[type];
  const ending = answered ? (ANSWERED_ENDINGS[type] ?? usual) : missed === undefined ? usual : random.weighted(missed);
  const ringingAt = ending.rang ? startedAt : null;
  const answeredAt = answered ? startedAt + random.integer(1, 32) * 1000 : null;
  const talk = talkLength(random);
  const endedAt =
    answeredAt === null
      ? startedAt + random.integer(ending.rang ? 4 : 0, ending.rang ? 58 : 3) * 1000
      : answeredAt + talk * 1000;
  const customer = customerNumber(random);
  return {
    id,
    application: null,
    direction: directionOf(type),
    type,
    endCode: ending.reason,
    startedAt,
    queuedAt: null,
    ringingAt,
    answeredAt,
    endedAt: isActive ? null : endedAt,
    // createTime is the end of the call in the sample, so no list of this vendor contains an active call.
    listedFrom: isActive ? Number.POSITIVE_INFINITY : endedAt,
    removedAt: Number.POSITIVE_INFINITY,
    talkSeconds: answered && !isActive ? talk : 0,
    hungUpBy: answered ? (random.chance(0.55) ? "customer" : "agent") : "system",
    missedBy: null,
    agent: answered || type === 3 ? random.pick(roster) : null,
    transferredTo: null,
    customer: `${customer.countryCode}${customer.national}`,
    line: random.pick(LINES),
    country: `${customer.countryCode}(${customer.country})`,
    seed: random.seed(),
    overrides: null,
  };
}

export function planItniotechCalls(generation: Generation, custom: readonly CustomCall[]): PlannedCall[] {
  const { random, roster, now } = generation;
  let key = FIRST_KEY;
  const nextKey = () => String((key += random.integer(1, 3)));
  const past = generation.starts
    .map((start) => planCall(nextKey(), start, random, roster, false))
    .filter((call) => call.listedFrom <= now);
  const active = generation.activeStarts.map((start) => planCall(nextKey(), start, random, roster, true));
  const own = planCustomCalls(custom, {
    id: (index) => String(900_000_001 + index),
    application: () => null,
    type: (direction) => (direction === "inbound" ? INBOUND_CALL_TYPE : 3),
    directionOf,
    endCode: (answered, type) =>
      (answered ? (ANSWERED_ENDINGS[type] ?? endingOf(1, 0)) : (MISSED_ENDINGS[type]?.[0][0] ?? endingOf(0, 0))).reason,
    timeFormat: {
      fields: { startedAt: ["callStartTime"], answeredAt: ["calledAnswerTime"], endedAt: ["calledHangupTime"] },
      form: "text",
      write: (at) => generation.wallClock.text(at),
    },
    stepMs: 1000,
    listedFrom: "end",
    agent: roster[0],
    customer: "8613800138000",
    line: LINES[0],
  });
  return [...past, ...active, ...own];
}
