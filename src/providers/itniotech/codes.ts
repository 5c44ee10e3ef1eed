import type { Direction, Hangup, Outcome } from "../../model/call-record.js";

/** Call types: 1 group call that is passed to an agent (placed by the dialer), 2 incoming call, 3 outgoing call. */
export const callDirections: ReadonlyMap<string, Direction> = new Map([
  ["1", "outbound"],
  ["2", "inbound"],
  ["3", "outbound"],
]);

export const GROUP_CALL = "1";

/** The party that hung up. The page documents 3 as "none", the vendor's older pages as "system hangs up": neither person hung up. */
export const hangupParties: ReadonlyMap<string, Hangup["by"]> = new Map([
  ["0", "customer"],
  ["1", "agent"],
  ["3", "system"],
]);

/** Call types in which a caller or a called customer waits for a group of agents. */
export const queueingCallTypes: ReadonlySet<string> = new Set([GROUP_CALL, "2"]);

/** The meaning of a hang-up reason. */
interface HangupReason {
  outcome: Outcome;
  /** The outcome of an inbound call, if it differs. */
  inbound?: Outcome;
  /** Whether the call was passed to an agent, if the reason states it. */
  transferred?: boolean;
  /** The documented meaning, translated. */
  meaning: string;
}

export const hangupReasons: ReadonlyMap<string, HangupReason> = new Map<string, HangupReason>([
  ["0", { outcome: "no-answer", meaning: "the outgoing call was not answered" }],
  ["1", { outcome: "answered", meaning: "the outgoing call was answered, then hung up" }],
  // In an outbound call, the customer answered and no agent did. In an inbound call, the caller gave up.
  [
    "2",
    {
      outcome: "no-agent",
      inbound: "abandoned",
      transferred: false,
      meaning: "hung up while the agent's telephone rang",
    },
  ],
  ["3", { outcome: "answered", transferred: true, meaning: "passed to an agent, then hung up" }],
  ["4", { outcome: "failed", meaning: "the call failed" }],
  ["5", { outcome: "unreachable", meaning: "the called party's operator gives no service" }],
  ["6", { outcome: "unreachable", meaning: "the called party is out of the service area" }],
  ["7", { outcome: "busy", meaning: "the called party is busy" }],
  // The vendor does not document whether the caller gave up, so this is not "abandoned".
  ["8", { outcome: "no-answer", meaning: "the incoming call was not answered" }],
  ["9", { outcome: "answered", meaning: "the incoming call was answered, then hung up" }],
]);
