import type { CallKind, CallState, Direction, Hangup, Outcome } from "../../model/call-record.js";

/** Task types, in requests and in responses. Type 0 means every type except ITA, so it does not determine the kind of a call. */
export const taskTypes = ["0", "1", "2", "3", "4"] as const;
export type TaskType = (typeof taskTypes)[number];

/** In a request, it selects every type except ITA. A row of that list can have any of those types. */
export const EVERY_TASK_TYPE = "0" satisfies TaskType;

/** The task type of voice notifications, which have no agent and their own reason codes. */
export const NOTIFICATION = "3" satisfies TaskType;

/** The task type of ITA bidirectional calls, which the list of type 0 excludes and which have their own reason codes. */
export const ITA = "4" satisfies TaskType;

export const kinds: ReadonlyMap<string, CallKind> = new Map([
  ["1", "bidirectional"],
  ["2", "anonymous"],
  [NOTIFICATION, "notification"],
  [ITA, "bidirectional"],
]);

export const states: ReadonlyMap<string, CallState> = new Map([
  ["0", "queued"],
  ["1", "ringing"],
  ["2", "in-progress"],
  ["3", "ended"],
]);

/** `callType` of `queryCallInfoByCallId`. Its page lists no values; these are from Huawei's other pages about the same platform. */
export const deskCallDirections: ReadonlyMap<string, Direction> = new Map([
  ["0", "inbound"],
  ["6", "internal"],
  ["7", "outbound"],
]);

/** The meaning of a reason code. */
export interface Reason {
  outcome: Outcome;
  /** The outcome if the customer did not talk. */
  withoutTalk?: Outcome;
  /** The party that ended the call. `system` where no party hung up: the platform or the network ended it. */
  by: Hangup["by"];
  /** The documented meaning, translated. */
  meaning: string;
}

/** Reason codes of all calls except ITA calls and voice notifications. The calling party is the agent, the called party is the customer. */
export const taskReasons: ReadonlyMap<string, Reason> = new Map([
  ["0", { outcome: "answered", withoutTalk: "rejected", by: "customer", meaning: "the called party hung up" }],
  ["1", { outcome: "answered", withoutTalk: "canceled", by: "agent", meaning: "the calling party hung up" }],
  ["2", { outcome: "failed", by: "system", meaning: "the calling party could not be called" }],
  ["3", { outcome: "failed", by: "system", meaning: "the called party could not be called" }],
  ["4", { outcome: "no-agent", by: "system", meaning: "the calling party did not answer" }],
  ["5", { outcome: "no-answer", by: "system", meaning: "the called party did not answer" }],
  ["6", { outcome: "failed", by: "system", meaning: "the call could not be initiated" }],
]);

function failed(meaning: string): Reason {
  return { outcome: "failed", by: "system", meaning };
}

function ended(outcome: Outcome, meaning: string): Reason {
  return { outcome, by: "system", meaning };
}

/**
 * Reason codes of voice notifications, as the page about their callback lists them. Assumed: the history uses the same codes. A notification that the customer
 * answered has the outcome `answered`, whatever its code.
 */
export const notificationReasons: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ["1", ended("answered", "the playback finished")],
  // The code does not state which of the two happened.
  [
    "4",
    { outcome: "no-answer", by: "unknown", meaning: "the called party rejected the call or did not answer in time" },
  ],
  ["6", failed("the call failed before it rang")],
  ["8", failed("no resource is available")],
  ["9", failed("the call timed out in the queue")],
  ["10", ended("blocked", "the call is restricted")],
]);

/**
 * Reason codes of ITA calls: the whole of Table 5. They are the cause values of ISDN (ITU-T Q.850), which apply where the page's translation is ambiguous.
 */
export const itaReasons: ReadonlyMap<string, Reason> = new Map([
  ["0", { outcome: "answered", withoutTalk: "unknown", by: "unknown", meaning: "not applicable" }],
  ["1", ended("invalid-number", "the number does not exist")],
  ["2", ended("unreachable", "no route to the network")],
  ["3", ended("unreachable", "no route to the destination")],
  ["4", failed("a special information tone was sent")],
  ["5", failed("the trunk prefix is wrong")],
  ["6", failed("the channel is unacceptable")],
  ["7", failed("the call was given a channel that already exists")],
  ["8", failed("the call was preempted")],
  ["9", failed("the call was preempted, and its circuit reserved")],
  // One of the parties cleared the call, and the code does not state which. Before the customer talked, it was the agent's side.
  ["16", { outcome: "answered", withoutTalk: "canceled", by: "unknown", meaning: "normal call clearing" }],
  ["17", ended("busy", "the user is busy")],
  ["18", ended("no-answer", "no user responded")],
  ["19", ended("no-answer", "the user was alerted and did not answer")],
  ["20", ended("unreachable", "the user is unreachable")],
  ["21", { outcome: "rejected", by: "customer", meaning: "the call was rejected" }],
  ["22", ended("invalid-number", "the number has changed")],
  ["23", failed("the call was redirected to a new destination")],
  ["25", failed("routing error at an exchange")],
  ["26", ended("blocked", "the user has no permission")],
  ["27", ended("unreachable", "the destination is out of order")],
  ["28", ended("invalid-number", "the format of the number is invalid")],
  ["29", failed("the facility was rejected")],
  ["30", failed("response to a status enquiry")],
  ["31", { outcome: "answered", withoutTalk: "canceled", by: "unknown", meaning: "normal, unspecified" }],
  ["34", ended("unreachable", "the route is unreachable: no circuit or channel is available")],
  ["38", failed("the network is out of order")],
  ["39", failed("the connection is out of service")],
  ["40", failed("the connection is operational")],
  ["41", failed("temporary failure")],
  ["42", failed("the switching equipment is congested")],
  ["43", failed("access information was discarded")],
  ["44", failed("the requested channel is not available")],
  ["46", ended("blocked", "the call was blocked")],
  ["47", failed("no resource is available")],
  ["49", failed("the quality of service is not available")],
  // The page does not mention barring for this facility, so the call was not blocked.
  ["50", failed("the requested facility is not subscribed")],
  ["53", ended("blocked", "outgoing calls are barred within the closed user group")],
  ["55", ended("blocked", "incoming calls are barred within the closed user group")],
  ["57", ended("blocked", "the bearer capability is not authorized")],
  ["58", failed("the bearer capability is not available")],
  ["62", failed("the access information and the subscriber class are inconsistent")],
  ["63", failed("the service or option is not available")],
  ["65", failed("the bearer capability is not implemented")],
  ["66", failed("the channel type is not implemented")],
  ["69", failed("the requested facility is not implemented")],
  ["70", failed("only restricted digital transmission is available")],
  ["79", failed("the service or option is not implemented")],
  ["81", failed("an invalid call reference was used")],
  ["82", failed("the channel does not exist")],
  ["83", failed("the identity of the suspended call does not exist")],
  ["84", failed("the call identity is in use, or does not exist")],
  ["85", failed("no call is suspended")],
  ["86", failed("anonymous call, or the call with that identity was cleared")],
  ["87", ended("blocked", "the user is not a member of the closed user group")],
  ["88", failed("the destination is incompatible")],
  ["90", failed("the closed user group does not exist")],
  ["91", failed("the transit network is invalid")],
  ["95", failed("invalid message")],
  ["96", failed("an information element is not hosted, or missing")],
  ["97", failed("the message type does not exist")],
  ["98", failed("the message does not fit the state of the call, or is not implemented")],
  ["99", failed("the information element does not exist")],
  ["100", failed("the contents of an information element are invalid")],
  ["101", failed("the message does not fit the state of the call")],
  ["102", failed("a timer expired")],
  ["103", failed("the parameter does not exist")],
  ["110", failed("the message holds parameters that were not recognized")],
  ["111", failed("protocol error")],
  ["127", failed("interworking, unspecified")],
]);
