import { knownAt, progressAt, type PlannedCall, type VendorRow } from "../data/planned-call.js";
import { parties } from "./cdr-row.js";

/** Returns the row of DescribePSTNActiveSessionList, and the session of DescribeTelSession, which may have ended: the sample's fields, with seconds as strings or numbers. */
export function sessionRow(call: PlannedCall, now: number): VendorRow {
  const progress = progressAt(call, now);
  const seconds = (time: number | null) => (knownAt(time, now) ?? 0) / 1000;
  const asText = (time: number | null) => (call.seed % 2 === 0 ? String(seconds(time)) : seconds(time));
  const atSeat = progress === "talking" || progress === "ringing" ? call.agent : null;
  return {
    Direction: call.direction === "inbound" ? 0 : 1,
    AcceptTimestamp: asText(call.answeredAt),
    RoomID: String(10_000_000 + (call.seed % 89_999_999)),
    StartTimestamp: asText(call.startedAt),
    ...parties(call),
    StaffNumber: atSeat?.staffNumber ?? "",
    SessionID: call.id,
    StaffEmail: atSeat?.email ?? "",
    RingTimestamp: seconds(call.ringingAt),
    SessionStatus:
      progress === "ended"
        ? "finished"
        : progress === "talking"
          ? "inProgress"
          : call.direction !== "inbound" || progress === "queued"
            ? "ringing"
            : "seatJoining",
    ...call.overrides,
  };
}

/** Returns the active calls, oldest first. The vendor documents no order. */
export function activeSessions(calls: readonly PlannedCall[], now: number): PlannedCall[] {
  return calls
    .filter((call) => {
      const progress = progressAt(call, now);
      return progress !== "planned" && progress !== "ended";
    })
    .sort((one, other) => one.startedAt - other.startedAt);
}
