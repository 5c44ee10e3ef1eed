import { planCustomCalls, type CustomCall } from "../data/custom-call.js";
import { talkLength, type Generation } from "../data/generation.js";
import { customerNumber } from "../data/phone-number.js";
import type { CallDirection, PlannedCall } from "../data/planned-call.js";
import type { Random } from "../data/random.js";
import { colleagueOf, type Roster } from "../data/roster.js";
import { randomUuid } from "../data/uuid.js";
import { INBOUND_MISSES, OUTBOUND_MISSES, type Stage } from "./end-statuses.js";

/** CallType: 1 out, 2 in, 3 audio (VoIP) in, 5 predictive out, 6 between agents. */
const CALL_TYPES = [
  [1, 48],
  [2, 34],
  [5, 9],
  [3, 5],
  [6, 4],
] as const;
const ANSWERED: Record<number, number> = { 1: 0.52, 2: 0.81, 3: 0.78, 5: 0.31, 6: 0.7 };
const LINES = ["00864009282737", "00864001783747", "0086075536564058", "0085230018899"] as const;

/** CallType of a call between agents. Any other call is inbound or outbound. */
export const INTERNAL_CALL_TYPE = 6;

function directionOf(type: number): CallDirection {
  if (type === 2 || type === 3) return "inbound";
  return type === INTERNAL_CALL_TYPE ? "internal" : "outbound";
}

/** Generates a call. Its times are whole seconds, in milliseconds. */
function planCall(start: number, application: string, random: Random, roster: Roster, isActive: boolean): PlannedCall {
  const startedAt = Math.floor(start / 1000) * 1000;
  const type = random.weighted(CALL_TYPES);
  const direction = directionOf(type);
  const inbound = direction === "inbound";
  const answered = isActive ? random.chance(0.75) : random.chance(ANSWERED[type] ?? 0.5);
  const misses = inbound ? INBOUND_MISSES : OUTBOUND_MISSES;
  const waiting = [1, random.pick<Stage>(["ringing", "queue"])] as const;
  const [endCode, stage] = answered ? ([1, "ringing"] as const) : isActive ? waiting : random.weighted(misses);
  const seconds = (min: number, most: number) => random.integer(min, most) * 1000;
  const queues = inbound && stage !== "menu" && stage !== "dialled";
  const queuedAt = queues ? startedAt + seconds(4, 25) : null;
  const ringingAt = stage === "ringing" ? (queuedAt ?? startedAt) + (inbound ? seconds(0, 40) : seconds(2, 7)) : null;
  const answeredAt = answered ? (ringingAt ?? startedAt) + seconds(1, 22) : null;
  const talk = talkLength(random);
  const over =
    answeredAt === null
      ? (ringingAt ?? queuedAt ?? startedAt) + (stage === "dialled" ? seconds(0, 4) : seconds(3, 45))
      : answeredAt + talk * 1000;
  const endedAt = isActive ? null : over;
  // A predictive call gets an agent after the customer has picked up, and an inbound call when it leaves the queue.
  const hasAgent = type === 5 ? answered : !inbound || ringingAt !== null;
  const agent = hasAgent ? random.pick(roster) : null;
  return {
    id: randomUuid(random),
    application,
    direction,
    type,
    endCode,
    startedAt,
    queuedAt,
    ringingAt,
    answeredAt,
    endedAt,
    // The vendor writes the record a moment after the session ends.
    listedFrom: endedAt === null ? Number.POSITIVE_INFINITY : endedAt + seconds(0, 4),
    removedAt: Number.POSITIVE_INFINITY,
    talkSeconds: answered && !isActive ? talk : 0,
    hungUpBy: answered
      ? random.weighted([
          ["customer", 55],
          ["agent", 40],
          ["system", 5],
        ])
      : inbound
        ? "customer"
        : random.pick(["system", "customer", "agent"]),
    missedBy: agent !== null && inbound && random.chance(0.12) ? colleagueOf(agent, roster, random) : null,
    agent,
    transferredTo:
      agent !== null && answered && talk > 20 && random.chance(0.06) ? colleagueOf(agent, roster, random) : null,
    customer: customerText(random),
    line: random.pick(LINES),
    country: "86(China)",
    seed: random.seed(),
    overrides: null,
  };
}

/** Returns a number as Tencent writes it, with 00 and the country code. */
function customerText(random: Random): string {
  const number = customerNumber(random);
  return `00${number.countryCode}${number.national}`;
}

/** Generates Tencent's calls. The first application has about twice as many as each of the others. */
export function planTencentCalls(
  generation: Generation,
  applications: readonly [number, ...number[]],
  custom: readonly CustomCall[],
): PlannedCall[] {
  const { random, roster, now } = generation;
  const [first] = applications;
  const application = () => String(random.chance(0.3) ? first : random.pick(applications));
  const past = generation.starts
    .map((start) => planCall(start, application(), random, roster, false))
    .filter((call) => call.listedFrom <= now);
  const active = generation.activeStarts.map((start) => planCall(start, application(), random, roster, true));
  const own = planCustomCalls(custom, {
    id: (index) => `c0571000-0000-4000-a000-${String(index).padStart(12, "0")}`,
    application: (call) => String(call.application ?? first),
    type: (direction) => ({ inbound: 2, outbound: 1, internal: INTERNAL_CALL_TYPE })[direction],
    directionOf,
    endCode: (answered) => (answered ? 1 : 202),
    timeFormat: {
      fields: { startedAt: ["Time", "StartTimestamp"], answeredAt: ["AcceptTimestamp"], endedAt: ["EndedTimestamp"] },
      form: "unix-seconds",
      write: (at) => Math.floor(at / 1000),
    },
    stepMs: 1000,
    listedFrom: "end",
    agent: roster[0],
    customer: "008613800138000",
    line: LINES[0],
  });
  return [...past, ...active, ...own];
}
