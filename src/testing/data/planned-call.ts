import type { Agent } from "./roster.js";

/** A vendor's row, as JSON has it. */
export type VendorRow = Record<string, unknown>;

/** Who called whom, seen from the company. `internal`: between staff, which Tencent alone lists. */
export type CallDirection = "inbound" | "outbound" | "internal";

/** A call as it happens, whatever the vendor says of it and whenever it is asked. Times are milliseconds. */
export interface PlannedCall {
  readonly id: string;
  readonly application: string | null;
  readonly direction: CallDirection;
  /** The vendor's code for how the call was set up: CallType, taskType, callType. */
  readonly type: number;
  /** The vendor's code for how the call ended: EndStatus, reasonCode, hangupReason. */
  readonly endCode: number;
  readonly startedAt: number;
  readonly queuedAt: number | null;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  /** Null: it goes on for ever. */
  readonly endedAt: number | null;
  /** From when on the vendor's list of records shows it. */
  readonly listedFrom: number;
  /** From when on it does not show it any more; `Infinity`: it always will. */
  readonly removedAt: number;
  readonly talkSeconds: number;
  readonly hungUpBy: "agent" | "customer" | "system";
  /** Who was rung first and did not pick up. */
  readonly missedBy: Agent | null;
  /** The first who answered, else the first who was rung, else null. */
  readonly agent: Agent | null;
  /** To whom the call was handed over after it was answered. */
  readonly transferredTo: Agent | null;
  /** The customer's number as this vendor writes it. */
  readonly customer: string;
  /** The company's number as this vendor writes it. */
  readonly line: string;
  /** The customer's country, as in `86(China)`. */
  readonly country: string;
  /** Whatever else the row needs is drawn from this, so that a row is the same each time it is written. */
  readonly seed: number;
  /** Fields that a custom call puts over the vendor's row. */
  readonly overrides: VendorRow | null;
}

/** How far a call has come. `planned`: it has not begun. */
export type Progress = "planned" | "queued" | "ringing" | "talking" | "ended";

export function progressAt(call: PlannedCall, instant: number): Progress {
  const reached = (time: number | null) => time !== null && time <= instant;
  if (call.startedAt > instant) return "planned";
  if (reached(call.endedAt)) return "ended";
  if (reached(call.answeredAt)) return "talking";
  if (reached(call.ringingAt)) return "ringing";
  return "queued";
}

/** Whether the vendor's list of records shows the call then. */
export function isListed(call: PlannedCall, instant: number): boolean {
  return call.listedFrom <= instant && instant < call.removedAt;
}

/** The time if it has come by then, else null: no vendor tells the future. */
export function knownAt(time: number | null, instant: number): number | null {
  return time !== null && time <= instant ? time : null;
}
