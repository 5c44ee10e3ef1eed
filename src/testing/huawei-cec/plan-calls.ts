import { planCustomCalls, type CustomCall } from "../data/custom-call.js";
import { talkLength, type Generation } from "../data/generation.js";
import { customerNumber } from "../data/phone-number.js";
import type { PlannedCall } from "../data/planned-call.js";
import type { Random } from "../data/random.js";
import type { Roster } from "../data/roster.js";
import {
  ITA_MISSES,
  ITA_REASONS,
  ITA_TASK,
  NOTIFICATION_MISSES,
  NOTIFICATION_TASK,
  PLAYED,
  SHORT_MISSES,
  type Stage,
} from "./reason-codes.js";

/** taskType: 1 CEC bidirectional, 2 anonymous outbound, 3 voice notification, 4 ITA bidirectional. */
const TASK_TYPES = [
  [1, 45],
  [4, 30],
  [2, 14],
  [3, 11],
] as const;
const ANSWERED: Record<number, number> = { 1: 0.58, 2: 0.42, 3: 0.63, 4: 0.6 };
const LINES = ["640003", "640060", "02158881234"] as const;
/** The sample's serial number. All numbers from it exceed 2^53. */
const FIRST_SERIAL = 1_037_058_396_471_308_289n;

function missed(type: number, random: Random): readonly [number, Stage] {
  if (type !== ITA_TASK) return random.weighted(type === NOTIFICATION_TASK ? NOTIFICATION_MISSES : SHORT_MISSES);
  return [
    random.weighted(ITA_MISSES) ?? random.pick(ITA_REASONS),
    random.chance(0.8) ? "customer-rung" : "agent-answered",
  ];
}

function answeredReason(type: number, byCustomer: boolean, random: Random): number {
  if (type === ITA_TASK) return random.chance(0.93) ? 16 : 31;
  if (type === NOTIFICATION_TASK) return PLAYED;
  return byCustomer ? 0 : 1;
}

/** Generates a call. Its times have milliseconds, as in this vendor's rows. */
function planCall(id: string, startedAt: number, random: Random, roster: Roster, isActive: boolean): PlannedCall {
  const type = random.weighted(TASK_TYPES);
  const answered = random.chance(isActive ? 0.7 : (ANSWERED[type] ?? 0.5));
  const byCustomer = random.chance(0.55);
  const [missReason, stage] = isActive
    ? ([type === NOTIFICATION_TASK ? 4 : 5, random.pick<Stage>(["agent-rung", "customer-rung"])] as const)
    : missed(type, random);
  const customerRung = answered || stage === "customer-rung";
  const ringingAt = customerRung ? startedAt + random.integer(900, 9000) : null;
  const answeredAt = answered && ringingAt !== null ? ringingAt + random.integer(1000, 24_000) : null;
  const talk = talkLength(random);
  const over =
    answeredAt === null
      ? (ringingAt ?? startedAt) + random.integer(200, 45_000)
      : answeredAt + talk * 1000 + random.integer(0, 999);
  const seed = random.seed();
  // The duration can be one second less than the difference of the timestamps, as in the sample (27 for 28 seconds).
  const shortfall = seed % 3 === 0 && talk > 1 ? 1 : 0;
  const customer = customerNumber(random);
  return {
    id,
    application: null,
    direction: "outbound",
    type,
    endCode: answered ? answeredReason(type, byCustomer, random) : missReason,
    startedAt,
    queuedAt: null,
    ringingAt,
    answeredAt,
    endedAt: isActive ? null : over,
    // The history contains calls from their creation (state 0).
    listedFrom: startedAt,
    removedAt: Number.POSITIVE_INFINITY,
    talkSeconds: answered && !isActive ? talk - shortfall : 0,
    hungUpBy: answered ? (byCustomer ? "customer" : "agent") : "system",
    missedBy: null,
    // A voice notification has no agent.
    agent: type === NOTIFICATION_TASK ? null : random.pick(roster),
    transferredTo: null,
    customer: customer.countryCode === "86" ? customer.national : `00${customer.countryCode}${customer.national}`,
    line: random.pick(LINES),
    country: "86(China)",
    seed,
    overrides: null,
  };
}

export function planHuaweiCalls(generation: Generation, custom: readonly CustomCall[]): PlannedCall[] {
  const { random, roster, now } = generation;
  let serial = FIRST_SERIAL;
  const nextSerial = () => {
    serial += BigInt(random.integer(1, 4_000_000));
    return String(serial);
  };
  const past = generation.starts
    .map((start) => planCall(nextSerial(), start, random, roster, false))
    .filter((call) => call.endedAt !== null && call.endedAt <= now);
  const active = generation.activeStarts.map((start) => planCall(nextSerial(), start, random, roster, true));
  const own = planCustomCalls(custom, {
    id: (index) => String(2_000_000_000_000_000_001n + BigInt(index)),
    application: () => null,
    type: () => 1,
    directionOf: () => "outbound",
    endCode: (answered, type) => {
      if (type === ITA_TASK) return answered ? 16 : 19;
      if (type === NOTIFICATION_TASK) return answered ? PLAYED : 4;
      return answered ? 0 : 5;
    },
    timeFormat: {
      fields: { startedAt: ["startTime"], answeredAt: ["talkingTime"], endedAt: ["endTime", "releaseTime"] },
      form: "unix-milliseconds",
      write: (at) => at,
    },
    stepMs: 1,
    listedFrom: "start",
    agent: roster[0],
    customer: "13800138000",
    line: LINES[0],
  });
  return [...past, ...active, ...own];
}
