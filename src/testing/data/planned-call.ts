import type { Agent } from "./roster.js";

/** A vendor's row as JSON. */
export type VendorRow = Record<string, unknown>;

/** The direction of a call from the company's side. `internal`: between agents, which only Tencent lists. */
export type CallDirection = "inbound" | "outbound" | "internal";

/** A call with all its times, past and future, in epoch milliseconds. */
export interface PlannedCall {
  readonly id: string;
  readonly application: string | null;
  readonly direction: CallDirection;
  /** The vendor's code for the type of call: CallType, taskType or callType. */
  readonly type: number;
  /** The vendor's code for the end of the call: EndStatus, reasonCode or hangupReason. */
  readonly endCode: number;
  readonly startedAt: number;
  readonly queuedAt: number | null;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  /** Null: it never ends. */
  readonly endedAt: number | null;
  /** The time from which the vendor's list of records contains it. */
  readonly listedFrom: number;
  /** The time from which the list no longer contains it; `Infinity`: never. */
  readonly removedAt: number;
  readonly talkSeconds: number;
  readonly hungUpBy: "agent" | "customer" | "system";
  /** The agent whose telephone rang first and who did not pick up. */
  readonly missedBy: Agent | null;
  /** The first agent who answered, else the first agent whose telephone rang, else null. */
  readonly agent: Agent | null;
  /** The agent to whom the answered call was transferred. */
  readonly transferredTo: Agent | null;
  /** The customer's number in the vendor's format. */
  readonly customer: string;
  /** The company's number in the vendor's format. */
  readonly line: string;
  /** The customer's country, as in `86(China)`. */
  readonly country: string;
  /** The seed for the other fields in the row, so that a row is the same each time it is written. */
  readonly seed: number;
  /** Fields of a custom call that replace those in the vendor's row. */
  readonly overrides: VendorRow | null;
}

/** The stage of a call. `planned`: it has not begun. */
export type Progress = "planned" | "queued" | "ringing" | "talking" | "ended";

export function progressAt(call: PlannedCall, instant: number): Progress {
  const reached = (time: number | null) => time !== null && time <= instant;
  if (call.startedAt > instant) return "planned";
  if (reached(call.endedAt)) return "ended";
  if (reached(call.answeredAt)) return "talking";
  if (reached(call.ringingAt)) return "ringing";
  return "queued";
}

/** Whether the vendor's list of records contains the call at this instant. */
export function isListed(call: PlannedCall, instant: number): boolean {
  return call.listedFrom <= instant && instant < call.removedAt;
}

/** Returns a time that is not in the future, else null. */
export function knownAt(time: number | null, instant: number): number | null {
  return time !== null && time <= instant ? time : null;
}
