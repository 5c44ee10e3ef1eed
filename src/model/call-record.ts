import { z } from "zod";
import { instantSchema } from "./instant.js";
import { agentSchema, partySchema, type Agent, type Party } from "./party.js";

export const directions = ["inbound", "outbound", "internal", "unknown"] as const;
/** The direction of a call, seen from the company. `internal`: between staff; `unknown`: the vendor's code is undocumented or missing. */
export type Direction = (typeof directions)[number];

export const callKinds = [
  "manual",
  "predictive",
  "group",
  "bidirectional",
  "anonymous",
  "notification",
  "voip",
  "unknown",
] as const;
/**
 * The way in which a call was set up, by the vendor's type of call or task. `group`: a dialler called the customer, then connected a group of agents;
 * `bidirectional`: the agent was called first, then the customer; `unknown`: the vendor's type is missing, undocumented or none of the others.
 */
export type CallKind = (typeof callKinds)[number];

export const callStates = ["queued", "ringing", "in-progress", "ended"] as const;
/** The progress of a call. `queued`: neither telephone rings yet; `ringing`: a telephone rings; `in-progress`: the two sides talk; `ended`: the call is over. */
export type CallState = (typeof callStates)[number];

export const outcomes = [
  "answered",
  "no-answer",
  "abandoned",
  "busy",
  "rejected",
  "canceled",
  "unreachable",
  "invalid-number",
  "blocked",
  "no-agent",
  "out-of-hours",
  "self-service",
  "voicemail",
  "failed",
  "unknown",
] as const;
/**
 * The result of a call, on the customer's side. `abandoned`: an inbound caller gave up in the menu, in the queue or while it rang; `no-agent`: no agent was
 * available; `canceled`: the company's side gave up; `self-service`: the voice menu served the caller; `unknown`: the vendor's code is undocumented (it is kept
 * in `hangup.code`).
 */
export type Outcome = (typeof outcomes)[number];

/** The end of a call: the side that ended it, and the vendor's code. */
export interface Hangup {
  /** The side that ended the call. `system`: the platform or the network ended it; `unknown`: the vendor does not state the side. */
  by: "agent" | "customer" | "system" | "unknown";
  /** The vendor's own code, as a string; null where it provides none. */
  code: string | null;
  /** The documented meaning of the code, in English; null for an undocumented code. */
  reason: string | null;
}

/** The queue in which a caller waited: the vendor's skill group or agent group. At least one of its fields is not null. */
export interface CallQueue {
  /** The vendor's id of the group, as text, or null. */
  id: string | null;
  /** The name of the group, or null. */
  name: string | null;
}

/** The customer's rating of a call. */
export interface Satisfaction {
  /** The key that the customer pressed, as the vendor writes it; `noInput` where a rating was requested and the customer pressed no key. */
  key: string;
  /** The company's label for the key, or null. */
  label: string | null;
}

/** A key that the caller pressed in the voice menu. */
export interface MenuKey {
  /** The key, or the keyword that the caller said, as the vendor writes it. */
  key: string;
  /** The company's label for the key, or null. */
  label: string | null;
  /** The time at which the key was pressed, or null. */
  at: Date | null;
}

/** The price of a call. */
export interface CallCost {
  /** A decimal number as text, such as `0.0085`, so that no digit is lost. A charge is positive; a refund is negative. */
  amount: string;
  /** The ISO 4217 code of the currency, such as `USD`. */
  currency: string;
}

/** A reference to a recording. Nothing is downloaded. */
export interface Recording {
  /** The vendor's id of the recording, or null. For Itniotech, this is the relative path for its download. */
  id: string | null;
  /** An absolute URL; null where the vendor provides none. It may be signed and expire. */
  url: string | null;
  /** `voicemail`: a message that the caller left. */
  kind: "call" | "voicemail";
  /** An absolute URL of the transcript, or null. */
  transcriptUrl: string | null;
}

/** The part of one participant in a call. */
export interface Leg {
  /** The side of the participant. */
  role: "agent" | "customer" | "unknown";
  /** The number that was called for this leg, as the vendor writes it, or null. */
  number: string | null;
  /** The agent of this leg; null on a customer's leg, and where the vendor shows only a number (Huawei). */
  agent: Agent | null;
  /** The time at which the call was assigned to this leg, or null. Huawei does not provide it. */
  startedAt: Date | null;
  /** The time at which this leg's telephone began to ring, or null. */
  ringingAt: Date | null;
  /** The time at which this leg answered the call; null where it did not, or the vendor does not provide the time. */
  answeredAt: Date | null;
  /** The time at which this leg left the call, or null. */
  endedAt: Date | null;
  /** Whole seconds of talk on this leg; null where the vendor does not provide them. */
  talkSeconds: number | null;
  /** The participant that transferred the call to this leg, as the vendor writes it, or null. */
  transferredFrom: string | null;
  /** The participant to which this leg transferred the call, as the vendor writes it, or null. */
  transferredTo: string | null;
  /** The recordings of this leg only. Those of the whole call are in {@link CallRecord.recordings}. Empty where there are none. */
  recordings: Recording[];
}

/** One call, in the common form of all vendors. Every field except `raw` is always present. An unknown value is null. */
export interface CallRecord {
  /** The provider's id: `tencent-ccc`, `huawei-cec`, `itniotech`, or the id that your adapter declares. */
  provider: string;
  /** The account's label, as configured. */
  account: string;
  /** The vendor's application within the account (Tencent's SdkAppId, as a string), or null. */
  application: string | null;
  /**
   * The vendor's id of the call, as text with every digit. It is unique within its application, so store calls by `account`, `application` and `id`, or by
   * `callKey`.
   */
  id: string;
  /** The vendor's other ids of the call, by the vendor's names, such as `callSessionId` or `RoomID`. Empty where there are none. */
  relatedIds: Record<string, string>;
  /** The direction of the call: see {@link Direction}. Huawei's history contains outbound calls only. */
  direction: Direction;
  /** The way in which the call was set up, such as by hand or by a dialler: see {@link CallKind}. */
  kind: CallKind;
  /** The progress of the call when it was read: see {@link CallState}. Tencent's and Itniotech's histories list calls that have ended. */
  state: CallState;
  /** The result of the call on the customer's side: see {@link Outcome}. Null while the call has not ended. The vendor's own code is in `hangup`. */
  outcome: Outcome | null;
  /** The calling party; null where the vendor does not show it. For Huawei's bidirectional calls, this is the agent's side. */
  caller: Party | null;
  /** The called party; null where the vendor does not show it. */
  callee: Party | null;
  /** The party on the customer's side: the caller of an inbound call, the callee of an outbound call. Null for the directions `internal` and `unknown`. */
  customer: Party | null;
  /** The party on the company's side: the callee of an inbound call, the caller of an outbound call. Null for the directions `internal` and `unknown`. */
  line: Party | null;
  /** The agent who answered first, else the first agent to whom the call was assigned, else null. */
  agent: Agent | null;
  /**
   * The queue in which the caller waited, also of a call that nobody answered: Tencent's `QueuedSkillGroupId` and `QueuedSkillGroupName`, Itniotech's
   * `voiceGroupId` and `sipGroupName` of an inbound call or group call. Null where there was none, or the vendor does not provide it (Huawei).
   */
  queue: CallQueue | null;
  /** The time at which the call began. Ranges select calls by this time. */
  startedAt: Date;
  /** The time at which the caller entered a queue; null where there was no queue, or the vendor does not provide the time (Huawei, Itniotech). */
  queuedAt: Date | null;
  /** The time at which the customer's telephone began to ring, or for an inbound call the agent's telephone; null where it did not, or it is unknown. */
  ringingAt: Date | null;
  /** The time at which the talk began; null where nobody answered, or the vendor does not provide the time. */
  answeredAt: Date | null;
  /** The time at which the call ended; null while it is active, or where the vendor does not provide the time. */
  endedAt: Date | null;
  /** Whole seconds of ringing on the customer's leg, or null. */
  ringSeconds: number | null;
  /**
   * Whole seconds of waiting: from `queuedAt`, else `ringingAt`, to `answeredAt`, else `endedAt`. Where the vendor provides neither `queuedAt` nor `ringingAt`
   * (Itniotech), this is `ringSeconds`. Null where these times are unknown or in the wrong order, where the wait began more than a minute before `startedAt`, and
   * while the caller waits.
   */
  waitSeconds: number | null;
  /**
   * Whole seconds of talk on the customer's leg, as the vendor provides them. If it provides none, or 0 although `answeredAt` and `endedAt` are more than a minute
   * apart, this is the time between those two. Null while the call is active, where neither is known, and where the vendor provides no duration and `answeredAt`
   * is more than a minute before `startedAt`.
   */
  talkSeconds: number | null;
  /** Whole seconds spent in the voice menu, or null. */
  ivrSeconds: number | null;
  /** The end of the call; null while the call is active, and where the vendor provides neither a code nor a side. */
  hangup: Hangup | null;
  /** The legs of the call. Empty where the vendor shows none. */
  legs: Leg[];
  /**
   * Whether the call was transferred: from one participant to another (Tencent's `TransferFrom` and `TransferTo`), or to an agent (Itniotech's `hangupReason` 2
   * and 3). Null where the vendor does not state it (Huawei).
   */
  transferred: boolean | null;
  /** The keys that the caller pressed in the voice menu (Tencent's `IVRKeyPressedEx`), in the vendor's order. Empty where there are none. */
  menuKeys: MenuKey[];
  /** The customer's rating (Tencent's `PostIVRKeyPressedEx`). Null where no rating was requested, or the vendor does not provide it. */
  satisfaction: Satisfaction | null;
  /** The price of the call. Null where the vendor does not provide it: the built-in vendors' lists contain no price. */
  cost: CallCost | null;
  /** References to the recordings of the whole call. Empty where there are none, and where the vendor lists none (Huawei). */
  recordings: Recording[];
  /** The labels that staff gave to the call (Itniotech's `labelName`). Empty where there are none. */
  tags: string[];
  /** The note that staff wrote about the call, or null. It may have any length and contain any character. */
  remark: string | null;
  /** The data that the company attached to the call (Tencent `UUI`, Huawei `callData`, Itniotech `calledInfo`), as text, or null. */
  customData: string | null;
  /** The time at which the vendor last changed the record; null where it does not provide the time. */
  updatedAt: Date | null;
  /** The vendor's own row, unchanged; integers beyond 2^53 are strings. Left out with the argument `raw: false`. */
  raw?: unknown;
}

/** A call that `findCall` returns. Its start may be unknown. */
export interface FoundCall extends Omit<CallRecord, "startedAt"> {
  /** The time at which the call began; null where the vendor does not provide it (Huawei). */
  startedAt: Date | null;
}

const text = z.string().nullable();
const seconds = z
  .number()
  .nonnegative()
  .refine((value) => Number.isInteger(value), "expected whole seconds")
  .nullable();
const instant = instantSchema.nullable();

const recordingSchema = z.object({
  id: text,
  url: text,
  kind: z.enum(["call", "voicemail"]),
  transcriptUrl: text,
});

const legSchema = z.object({
  role: z.enum(["agent", "customer", "unknown"]),
  number: text,
  agent: agentSchema.nullable(),
  startedAt: instant,
  ringingAt: instant,
  answeredAt: instant,
  endedAt: instant,
  talkSeconds: seconds,
  transferredFrom: text,
  transferredTo: text,
  recordings: z.array(recordingSchema),
});

/** Accepts a {@link CallRecord} and its JSON form, in which times are ISO 8601 strings; returns a {@link CallRecord}. */
export const callRecordSchema = z.object({
  provider: z.string(),
  account: z.string(),
  application: text,
  id: z.string(),
  relatedIds: z.record(z.string(), z.string()),
  direction: z.enum(directions),
  kind: z.enum(callKinds),
  state: z.enum(callStates),
  outcome: z.enum(outcomes).nullable(),
  caller: partySchema.nullable(),
  callee: partySchema.nullable(),
  customer: partySchema.nullable(),
  line: partySchema.nullable(),
  agent: agentSchema.nullable(),
  queue: z.object({ id: text, name: text }).nullable(),
  startedAt: instantSchema,
  queuedAt: instant,
  ringingAt: instant,
  answeredAt: instant,
  endedAt: instant,
  ringSeconds: seconds,
  waitSeconds: seconds,
  talkSeconds: seconds,
  ivrSeconds: seconds,
  hangup: z.object({ by: z.enum(["agent", "customer", "system", "unknown"]), code: text, reason: text }).nullable(),
  legs: z.array(legSchema),
  transferred: z.boolean().nullable(),
  menuKeys: z.array(z.object({ key: z.string(), label: text, at: instant })),
  satisfaction: z.object({ key: z.string(), label: text }).nullable(),
  cost: z
    .object({
      amount: z.string().regex(/^-?\d+(?:\.\d+)?$/, "must be a decimal number"),
      currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, such as USD"),
    })
    .nullable(),
  recordings: z.array(recordingSchema),
  tags: z.array(z.string()),
  remark: text,
  customData: text,
  updatedAt: instant,
  raw: z.unknown().optional(),
}) satisfies z.ZodType<CallRecord>;
