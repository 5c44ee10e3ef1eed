import { notNegative, secondsBetween, talkSecondsOf } from "../../contract/duration.js";
import type { MappedCall, RowContext, UsageReading } from "../../contract/provider.js";
import type { CallKind, CallState, Direction, Hangup, Outcome } from "../../model/call-record.js";
import type { Agent } from "../../model/party.js";
import { readAgent, readLegs } from "./agent.js";
import {
  callTypes,
  directionCodes,
  endStatuses,
  endStatusesByName,
  type EndStatusMeaning,
  hungUpSides,
  sessionStatuses,
} from "./codes.js";
import { readParty } from "./party.js";
import { readRecordings, readVoicemails } from "./recordings.js";
import type { CallInfo, Cdr, Session } from "./wire.js";

/** A row of the history. */
export function mapCdr(row: Cdr, { partition }: RowContext): MappedCall {
  const direction = readDirection(row);
  const state = hasEnded(row) ? "ended" : stateByTimes(row);
  const ended = state === "ended";
  return {
    application: partition.application,
    id: row.SessionId,
    relatedIds: {},
    direction,
    kind: readKind(row.CallType),
    state,
    outcome: ended ? readOutcome(row, direction) : null,
    caller: readParty(row.Caller, row.ProtectedCaller, row.CallerLocation),
    callee: readParty(row.Callee, row.ProtectedCallee, null),
    agent: readAgent(row),
    startedAt: row.startedAt,
    queuedAt: row.QueuedTimestamp,
    ringingAt: row.RingTimestamp,
    answeredAt: row.AcceptTimestamp,
    endedAt: row.EndedTimestamp,
    ringSeconds: secondsBetween(row.RingTimestamp, row.AcceptTimestamp ?? row.EndedTimestamp),
    // While a call goes on its duration is 0, which says nothing.
    talkSeconds: ended ? talkSecondsOf(row.Duration, row.startedAt, row.AcceptTimestamp, row.EndedTimestamp) : null,
    ivrSeconds: notNegative(row.IVRDuration),
    hangup: ended ? readHangup(row) : null,
    legs: readLegs(row),
    recordings: [...readRecordings(row, row.AsrUrl), ...readVoicemails(row)],
    tags: [],
    remark: row.Remark,
    customData: row.UUI ?? row.Uui,
    updatedAt: null,
  };
}

/** A row of the sessions going on. */
export function mapSession(row: Session, { partition }: RowContext): MappedCall {
  const status = row.SessionStatus === null ? undefined : sessionStatuses.get(row.SessionStatus);
  const state = status ?? stateByTimes({ ...row, QueuedTimestamp: null });
  return {
    application: partition.application,
    id: row.SessionID,
    relatedIds: row.RoomID === null ? {} : { RoomID: row.RoomID },
    direction: directionOf(row.Direction),
    kind: "unknown",
    state,
    // The live list tells no end status: whoever was connected was answered.
    outcome: state !== "ended" ? null : row.AcceptTimestamp === null ? "unknown" : "answered",
    caller: readParty(row.Caller, row.ProtectedCaller, null),
    callee: readParty(row.Callee, row.ProtectedCallee, null),
    agent: readStaff(row),
    startedAt: row.startedAt,
    queuedAt: null,
    ringingAt: row.RingTimestamp,
    answeredAt: row.AcceptTimestamp,
    endedAt: null,
    ringSeconds: secondsBetween(row.RingTimestamp, row.AcceptTimestamp),
    talkSeconds: null,
    ivrSeconds: null,
    hangup: null,
    legs: [],
    recordings: [],
    tags: [],
    remark: null,
    customData: null,
    updatedAt: null,
  };
}

/** The vendor's count for one application and window. */
export function mapCallInfo(row: CallInfo): UsageReading {
  return {
    minutes: {
      outbound: row.TelCallOutCount,
      inbound: row.TelCallInCount,
      voip: row.VOIPCallInCount,
      asrOffline: row.AsrOfflineCount,
      asrRealtime: row.AsrRealtimeCount,
    },
    seats: row.SeatUsedCount,
  };
}

function directionOf(code: string | null): Direction {
  return (code === null ? undefined : directionCodes.get(code)) ?? "unknown";
}

function readDirection(row: Cdr): Direction {
  const byType = (row.CallType === null ? undefined : callTypes.get(row.CallType)?.direction) ?? "unknown";
  // `Direction` has no value for a call between staff.
  return byType === "internal" || row.Direction === null ? byType : directionOf(row.Direction);
}

function readKind(callType: string | null): CallKind {
  return (callType === null ? undefined : callTypes.get(callType)?.kind) ?? "unknown";
}

/** Each of these is written when a call ends. One of them may be missing, or be no time that is possible. */
function hasEnded(row: Cdr): boolean {
  if (row.EndedTimestamp !== null || !saysNothing(row.EndStatus) || (row.Duration ?? 0) > 0) return true;
  return row.EndStatusString !== null && endStatusesByName.has(row.EndStatusString);
}

/** How far a call that has not ended has come. */
function stateByTimes(row: Pick<Cdr, "AcceptTimestamp" | "RingTimestamp" | "QueuedTimestamp">): CallState {
  if (row.AcceptTimestamp !== null) return "in-progress";
  if (row.RingTimestamp !== null) return "ringing";
  return row.QueuedTimestamp === null ? "ringing" : "queued";
}

/** 0 is in no table of ours: it stands on calls that go on, as times do, and is said to mean an error on some that have ended. */
function saysNothing(endStatus: string | null): endStatus is null | "0" {
  return endStatus === null || endStatus === "0";
}

/** What the end status means, by its number, else by its word. */
function meaningOf({ EndStatus, EndStatusString }: Cdr): EndStatusMeaning | undefined {
  if (!saysNothing(EndStatus)) return endStatuses.get(EndStatus);
  return EndStatusString === null ? undefined : endStatusesByName.get(EndStatusString);
}

function readOutcome(row: Cdr, direction: Direction): Outcome {
  const outcome = meaningOf(row)?.outcome;
  if (outcome === undefined) return row.AcceptTimestamp !== null || (row.Duration ?? 0) > 0 ? "answered" : "unknown";
  // Whoever cancels is the caller; of an inbound call that is the customer, who gave up.
  return outcome === "canceled" && direction === "inbound" ? "abandoned" : outcome;
}

function readHangup(row: Cdr): Hangup | null {
  const code = row.EndStatus ?? row.EndStatusString;
  if (code === null && row.HungUpSide === null) return null;
  return {
    by: (row.HungUpSide === null ? undefined : hungUpSides.get(row.HungUpSide)) ?? "unknown",
    code,
    reason: meaningOf(row)?.reason ?? null,
  };
}

function readStaff(row: Session): Agent | null {
  if (row.StaffNumber === null && row.StaffEmail === null) return null;
  return { id: row.StaffNumber, name: null, email: row.StaffEmail, phone: null, groupId: null, groupName: null };
}
