import type { CallKind, CallState, Direction, Hangup, Outcome } from "../../model/call-record.js";

/** The meaning of an `EndStatus`. */
export interface EndStatusMeaning {
  /** The vendor's name for it, as in `EndStatusString`. */
  name: string;
  outcome: Outcome;
  /** The outcome of an inbound call, if it differs. */
  inbound?: Outcome;
  /** The outcome if the call was answered, if it differs. */
  afterTalk?: Outcome;
  /** The documented meaning, translated. */
  reason: string;
}

/**
 * `EndStatus` of DescribeTelCdr, as documented in the models of Tencent's SDK and in its list of end statuses (document 679/123938). That list applies to calls
 * with human agents. Automatic, predictive and AI calls may have other codes: the outcome of such a code is `unknown`, and the record keeps the code.
 */
export const endStatuses: ReadonlyMap<string, EndStatusMeaning> = new Map<string, EndStatusMeaning>([
  ["1", { name: "ok", outcome: "answered", reason: "The call was answered and ended normally" }],
  ["17", { name: "seatGiveUp", outcome: "no-answer", reason: "The agent did not answer in time" }],
  ["100", { name: "blackList", outcome: "blocked", reason: "The caller is on the block list" }],
  ["102", { name: "ivrGiveUp", outcome: "abandoned", reason: "The caller gave up in the voice menu" }],
  ["103", { name: "waitingGiveUp", outcome: "abandoned", reason: "The caller gave up in the queue" }],
  [
    "104",
    { name: "ringingGiveUp", outcome: "abandoned", reason: "The caller gave up while the agent's telephone rang" },
  ],
  ["105", { name: "noSeatOnline", outcome: "no-agent", reason: "No agent was online" }],
  ["106", { name: "notWorkTime", outcome: "out-of-hours", reason: "The call came outside working hours" }],
  ["107", { name: "ivrEnd", outcome: "self-service", reason: "The voice menu ended the call without an agent" }],
  ["108", { name: "restrictedCallee", outcome: "blocked", reason: "The callee is blocked as a risk by the system" }],
  [
    "109",
    { name: "tooManyRequest", outcome: "blocked", reason: "The system blocked the call: too many outbound calls" },
  ],
  ["110", { name: "restrictedArea", outcome: "blocked", reason: "The system blocked the call: region not allowed" }],
  [
    "111",
    { name: "restrictedTime", outcome: "blocked", reason: "The system blocked the call: time of day not allowed" },
  ],
  ["202", { name: "notAnswer", outcome: "no-answer", reason: "The callee did not answer" }],
  ["203", { name: "userReject", outcome: "rejected", reason: "The callee rejected the call" }],
  ["204", { name: "powerOff", outcome: "unreachable", reason: "The callee's telephone is switched off" }],
  ["205", { name: "numberNotExist", outcome: "invalid-number", reason: "The number does not exist" }],
  ["206", { name: "busy", outcome: "busy", reason: "The callee was busy" }],
  ["207", { name: "outOfCredit", outcome: "unreachable", reason: "The callee's line is suspended for lack of credit" }],
  ["208", { name: "operatorError", outcome: "failed", reason: "The carrier's line failed" }],
  // The caller of an inbound call is the customer, so a call that the caller cancels is abandoned.
  ["209", { name: "callerCancel", outcome: "canceled", inbound: "abandoned", reason: "The caller canceled the call" }],
  ["210", { name: "notInService", outcome: "unreachable", reason: "The callee is out of coverage" }],
  ["211", { name: "clientError", outcome: "failed", reason: "The agent's client failed" }],
  ["212", { name: "carrierBlocked", outcome: "blocked", reason: "The carrier blocked the call" }],
  [
    "213",
    { name: "callReminder", outcome: "unreachable", reason: "The callee's network announced a missed-call reminder" },
  ],
  ["215", { name: "numberInvalid", outcome: "invalid-number", reason: "The number is not valid" }],
  ["216", { name: "callRestricted", outcome: "blocked", reason: "The network announced that the call is restricted" }],
  ["217", { name: "calleeRestricted", outcome: "blocked", reason: "The callee is on a block list" }],
  ["218", { name: "areaRestricted", outcome: "blocked", reason: "The callee's region is restricted" }],
  ["219", { name: "promptCallForwarding", outcome: "unreachable", reason: "The network announced call forwarding" }],
  [
    "220",
    {
      name: "callerCancelWhileRing",
      outcome: "canceled",
      inbound: "abandoned",
      reason: "The caller canceled while it rang",
    },
  ],
  [
    "221",
    {
      name: "callerCancelWithoutRing",
      outcome: "canceled",
      inbound: "abandoned",
      reason: "The call was canceled before it rang: something is wrong with the number",
    },
  ],
  ["222", { name: "voiceMailReached", outcome: "voicemail", reason: "The call reached the callee's voice mail" }],
  // The AI agent may fail after the customer has talked with it: the call was answered then.
  [
    "225",
    {
      name: "asrError",
      outcome: "failed",
      afterTalk: "answered",
      reason: "The AI agent failed: error of the speech recognition",
    },
  ],
  [
    "226",
    {
      name: "llmasrError",
      outcome: "failed",
      afterTalk: "answered",
      reason: "The AI agent failed: error of the speech recognition by the language model",
    },
  ],
  [
    "227",
    {
      name: "ttsError",
      outcome: "failed",
      afterTalk: "answered",
      reason: "The AI agent failed: error of the speech synthesis",
    },
  ],
  ["228", { name: "functionCallHangup", outcome: "answered", reason: "The AI agent hung up by a function call" }],
  [
    "229",
    {
      name: "maxCallDurationReached",
      outcome: "answered",
      reason: "The system ended the call: the maximum duration was reached",
    },
  ],
  [
    "230",
    { name: "userInactivity", outcome: "answered", reason: "The system ended the call: the customer was inactive" },
  ],
  [
    "231",
    {
      name: "callTerminatedByAPI",
      outcome: "canceled",
      afterTalk: "answered",
      reason: "The system ended the call: a request to the API terminated it",
    },
  ],
  [
    "232",
    {
      name: "userHangupDuringAiCall",
      outcome: "answered",
      reason: "The customer hung up while talking to the AI agent",
    },
  ],
  ["233", { name: "aiAgentEndCall", outcome: "answered", reason: "The AI agent ended the call normally" }],
  ["501", { name: "callConflict", outcome: "failed", reason: "Another call of the VoIP user ended the call" }],
  ["502", { name: "clientTimeout", outcome: "failed", reason: "The VoIP user's client timed out" }],
  ["503", { name: "voipClientError", outcome: "failed", reason: "The VoIP user's client failed" }],
]);

/** The same by the vendor's name, for rows without a numeric code. */
export const endStatusesByName: ReadonlyMap<string, EndStatusMeaning> = new Map(
  [...endStatuses.values()].map((meaning) => [meaning.name, meaning]),
);

/** `Direction` of both lists. */
export const directionCodes: ReadonlyMap<string, Direction> = new Map([
  ["0", "inbound"],
  ["1", "outbound"],
]);

/** The meaning of a `CallType`. Its direction applies where `Direction` is missing, and to internal calls, for which `Direction` has no value. */
interface CallTypeMeaning {
  direction: Direction;
  kind: CallKind;
}

/** `CallType` of DescribeTelCdr. */
export const callTypes: ReadonlyMap<string, CallTypeMeaning> = new Map([
  ["1", { direction: "outbound", kind: "manual" }],
  ["2", { direction: "inbound", kind: "unknown" }],
  ["3", { direction: "inbound", kind: "voip" }],
  ["5", { direction: "outbound", kind: "predictive" }],
  ["6", { direction: "internal", kind: "unknown" }],
]);

/** `HungUpSide` of DescribeTelCdr. */
export const hungUpSides: ReadonlyMap<string, Hangup["by"]> = new Map([
  ["seat", "agent"],
  ["user", "customer"],
  ["system", "system"],
]);

/** `SessionStatus` of active sessions. */
export const sessionStatuses: ReadonlyMap<string, CallState> = new Map([
  ["ringing", "ringing"],
  // The session waits for the agent to answer the call.
  ["seatJoining", "ringing"],
  ["inProgress", "in-progress"],
  ["finished", "ended"],
]);
