import { z } from "zod";
import { instantSchema } from "./instant.js";
import { agentSchema, partySchema, type Agent, type Party } from "./party.js";

export const directions = ["inbound", "outbound", "internal", "unknown"] as const;
/** Who called whom, seen from the company. `internal`: between staff; `unknown`: the vendor's code is not one it documents, or there is none. */
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
 * How the call was set up, by the vendor's type of call or task. `group`: the dialler called, then passed the customer to a group; `bidirectional`: the agent
 * was called first, then the customer; `unknown`: the vendor's type does not tell.
 */
export type CallKind = (typeof callKinds)[number];

export const callStates = ["queued", "ringing", "in-progress", "ended"] as const;
/** How far the call has come. `queued`: neither side's telephone rings yet; `in-progress`: the two sides talk. */
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
 * What became of the call, on the customer's side. `abandoned`: an inbound caller gave up (menu, queue or ringing); `no-agent`: there was
 * none to take the call; `canceled`: our side gave up; `self-service`: the menu served the caller; `unknown`: the vendor's code is not one it documents
 * (the code is kept in `hangup.code`).
 */
export type Outcome = (typeof outcomes)[number];

/** How and by whom a call was ended. */
export interface Hangup {
  /** `system`: nobody hung up, the platform or the network gave up; `unknown`: the vendor does not say. */
  by: "agent" | "customer" | "system" | "unknown";
  /** The vendor's own code, as a string, or null where it gave none. */
  code: string | null;
  /** What the vendor documents for that code, in English, or null. */
  reason: string | null;
}

/** A recording, by reference: nothing is downloaded. */
export interface Recording {
  /** The vendor's id of the recording, or null. For Itniotech this is the relative path that its download takes. */
  id: string | null;
  /** An absolute URL, or null where the vendor gives none. It may be signed and expire. */
  url: string | null;
  /** `voicemail`: a message that the caller left. */
  kind: "call" | "voicemail";
  /** An absolute URL of the transcript, or null. */
  transcriptUrl: string | null;
}

/** One party's part in a call. */
export interface Leg {
  /** Whose leg it is: the company's side or the customer's. */
  role: "agent" | "customer" | "unknown";
  /** The number that was called for this leg, as the vendor writes it, or null. */
  number: string | null;
  /** Who it was; null on a customer's leg, and where the vendor shows only a number (Huawei). */
  agent: Agent | null;
  /** When the call was given to this leg, or null. Huawei does not tell. */
  startedAt: Date | null;
  /** When this leg's telephone began to ring, or null. */
  ringingAt: Date | null;
  /** When this leg picked up; null where it did not, or the vendor does not say. */
  answeredAt: Date | null;
  /** When this leg left the call, or null. */
  endedAt: Date | null;
  /** Seconds, as the vendor says, else null. */
  talkSeconds: number | null;
  /** Who handed the call to this leg, in the vendor's words, or null. */
  transferredFrom: string | null;
  /** To whom this leg handed the call, in the vendor's words, or null. */
  transferredTo: string | null;
  /** Of this leg by itself; those of the whole call are in the record's own list. Empty where there are none. */
  recordings: Recording[];
}

/** One call, in the one form that all vendors are mapped to. Every field is always present; what is unknown is null. */
export interface CallRecord {
  /** The provider's id: `tencent-ccc`, `huawei-cec`, `itniotech`, or that of an adapter of your own. */
  provider: string;
  /** The account's label, as configured. */
  account: string;
  /** The vendor's application within the account (Tencent's SdkAppId, as a string), or null. */
  application: string | null;
  /** The vendor's id of the call, unique in the account, every digit kept. With `account` it is the key to store a call by. */
  id: string;
  /** The vendor's other ids, by their own names (`callSessionId`, `RoomID`, …). */
  relatedIds: Record<string, string>;
  /** Who called whom, in one of the words of {@link Direction}. Huawei's history has outbound calls only. */
  direction: Direction;
  /** How it was set up, such as by hand or by a dialler: see {@link CallKind}. */
  kind: CallKind;
  /** How far it had come when it was read: see {@link CallState}. Tencent's and Itniotech's histories list calls that have ended. */
  state: CallState;
  /** What became of it on the customer's side: see {@link Outcome}. Null while the call has not ended. The vendor's own code is in `hangup`. */
  outcome: Outcome | null;
  /** Who called, or null where the vendor shows nothing. Of Huawei's bidirectional calls: the agent's side. */
  caller: Party | null;
  /** Who was called, or null where the vendor shows nothing. */
  callee: Party | null;
  /** The agent who answered first, else the first to whom the call was given, else null. */
  agent: Agent | null;
  /** When the call began: the instant that ranges are judged by. */
  startedAt: Date;
  /** When the caller was put into a queue; null where it was not, or the vendor does not say (Huawei, Itniotech). */
  queuedAt: Date | null;
  /** When the customer's telephone, or the agent's of an inbound call, began to ring. */
  ringingAt: Date | null;
  /** When the talk began; null where nobody answered, or the vendor does not say. */
  answeredAt: Date | null;
  /** When it ended; null while it has not, or where the vendor does not say. */
  endedAt: Date | null;
  /** Seconds of ringing on the customer's leg, or null. */
  ringSeconds: number | null;
  /**
   * Seconds of talk on the customer's leg, as the vendor says; where it does not say, or says 0 and its times lie more than a minute apart, from the answer to
   * the end. Null where neither is known, while the call goes on, and where the vendor does not say and the answer lies more than a
   * minute before the start.
   */
  talkSeconds: number | null;
  /** Seconds spent in the voice menu, or null. */
  ivrSeconds: number | null;
  /** Null while the call has not ended, or where the vendor says nothing of its end. */
  hangup: Hangup | null;
  /** Empty where the vendor shows no legs. */
  legs: Leg[];
  /** References only: nothing is downloaded. Empty where there are none, or the vendor lists none (Huawei). */
  recordings: Recording[];
  /** The labels that staff gave the call (Itniotech's `labelName`); empty where there are none. */
  tags: string[];
  /** What staff noted of the call, or null. It may be of any length, and hold any character. */
  remark: string | null;
  /** What the company attached to the call (Tencent UUI, Huawei callData, Itniotech calledInfo), as text, or null. */
  customData: string | null;
  /** When the vendor last changed the record, or null where it does not say. */
  updatedAt: Date | null;
  /** The vendor's own row, as it came; integers beyond 2^53 are strings. Left out when asked for with `raw: false`. */
  raw?: unknown;
}

/** What `findCall` answers: a call whose start the vendor may not tell. */
export interface FoundCall extends Omit<CallRecord, "startedAt"> {
  /** When the call began; null where the vendor does not say, as of a call at a desk of Huawei's. */
  startedAt: Date | null;
}

const text = z.string().nullable();
const seconds = z.number().nullable();
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

/** Accepts a {@link CallRecord} and its JSON form, in which times are ISO 8601 strings; answers a {@link CallRecord}. */
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
  agent: agentSchema.nullable(),
  startedAt: instantSchema,
  queuedAt: instant,
  ringingAt: instant,
  answeredAt: instant,
  endedAt: instant,
  ringSeconds: seconds,
  talkSeconds: seconds,
  ivrSeconds: seconds,
  hangup: z.object({ by: z.enum(["agent", "customer", "system", "unknown"]), code: text, reason: text }).nullable(),
  legs: z.array(legSchema),
  recordings: z.array(recordingSchema),
  tags: z.array(z.string()),
  remark: text,
  customData: text,
  updatedAt: instant,
  raw: z.unknown().optional(),
}) satisfies z.ZodType<CallRecord>;
