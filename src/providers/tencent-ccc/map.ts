import { absentFields } from "../../contract/absent-fields.js";
import { notNegative, secondsBetween, talkSecondsOf } from "../../contract/duration.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type { RowContext, UsageReading } from "../../contract/provider.js";
import type { CallKind, CallState, Direction, Hangup, Outcome } from "../../model/call-record.js";
import { e164Of } from "../../contract/phone-number.js";
import type { Agent, Party } from "../../model/party.js";
import { readAgent, readLegs, readQueue, readTransferred } from "./agent.js";
import {
  callTypes,
  directionCodes,
  endStatuses,
  endStatusesByName,
  type EndStatusMeaning,
  hungUpSides,
  sessionStatuses,
} from "./codes.js";
import { readMenuKeys, readSatisfaction } from "./pressed-keys.js";
import { readRecordings, readVoicemails } from "./recordings.js";
import type { CallInfo, Cdr, Session } from "./wire.js";

/** Maps a row of the call history. @param country of numbers without a country code. */
export function mapCdr(row: Cdr, { partition }: RowContext, country: string | null): MappedCall {
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
    caller: readParty(row.Caller, row.ProtectedCaller, row.CallerLocation, country),
    callee: readParty(row.Callee, row.ProtectedCallee, null, country),
    agent: readAgent(row),
    queue: readQueue(row),
    startedAt: row.startedAt,
    queuedAt: row.QueuedTimestamp,
    ringingAt: row.RingTimestamp,
    answeredAt: row.AcceptTimestamp,
    endedAt: row.EndedTimestamp,
    ringSeconds: secondsBetween(row.RingTimestamp, row.AcceptTimestamp ?? row.EndedTimestamp),
    // The duration of an active call is 0, which is not its talk time.
    talkSeconds: ended ? talkSecondsOf(row.Duration, row.startedAt, row.AcceptTimestamp, row.EndedTimestamp) : null,
    ivrSeconds: notNegative(row.IVRDuration),
    hangup: ended ? readHangup(row) : null,
    legs: readLegs(row),
    transferred: readTransferred(row),
    menuKeys: readMenuKeys(row),
    satisfaction: readSatisfaction(row),
    cost: null,
    recordings: [...readRecordings(row, row.AsrUrl), ...readVoicemails(row)],
    tags: [],
    remark: row.Remark,
    customData: row.UUI ?? row.Uui,
    updatedAt: null,
  };
}

/** Maps an active session. @param country of numbers without a country code. */
export function mapSession(row: Session, { partition }: RowContext, country: string | null): MappedCall {
  const status = row.SessionStatus === null ? undefined : sessionStatuses.get(row.SessionStatus);
  const state = status ?? stateByTimes({ ...row, QueuedTimestamp: null });
  return {
    ...absentFields(),
    application: partition.application,
    id: row.SessionID,
    relatedIds: row.RoomID === null ? {} : { RoomID: row.RoomID },
    direction: directionOf(row.Direction),
    kind: "unknown",
    state,
    // The list of active sessions has no end status: a connected session was answered.
    outcome: state !== "ended" ? null : row.AcceptTimestamp === null ? "unknown" : "answered",
    caller: readParty(row.Caller, row.ProtectedCaller, null, country),
    callee: readParty(row.Callee, row.ProtectedCallee, null, country),
    agent: readStaff(row),
    startedAt: row.startedAt,
    ringingAt: row.RingTimestamp,
    answeredAt: row.AcceptTimestamp,
    ringSeconds: secondsBetween(row.RingTimestamp, row.AcceptTimestamp),
  };
}

/** Maps the vendor's count for one application and window. */
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
  // `Direction` has no value for an internal call.
  return byType === "internal" || row.Direction === null ? byType : directionOf(row.Direction);
}

function readKind(callType: string | null): CallKind {
  return (callType === null ? undefined : callTypes.get(callType)?.kind) ?? "unknown";
}

/** Whether the call has ended. The vendor writes each of these fields at the end of the call. One of them may be missing or an impossible time. */
function hasEnded(row: Cdr): boolean {
  if (row.EndedTimestamp !== null || !isWithoutMeaning(row.EndStatus) || (row.Duration ?? 0) > 0) return true;
  return row.EndStatusString !== null && endStatusesByName.has(row.EndStatusString);
}

/** Returns the state of a call that has not ended. */
function stateByTimes(row: Pick<Cdr, "AcceptTimestamp" | "RingTimestamp" | "QueuedTimestamp">): CallState {
  if (row.AcceptTimestamp !== null) return "in-progress";
  if (row.RingTimestamp !== null) return "ringing";
  return row.QueuedTimestamp === null ? "ringing" : "queued";
}

/** Whether the end status has no meaning. The value 0 is in active calls, and reportedly marks an error in some ended calls. */
function isWithoutMeaning(endStatus: string | null): endStatus is null | "0" {
  return endStatus === null || endStatus === "0";
}

/** Returns the meaning of the end status, by its number, else by its name. */
function meaningOf({ EndStatus, EndStatusString }: Cdr): EndStatusMeaning | undefined {
  if (!isWithoutMeaning(EndStatus)) return endStatuses.get(EndStatus);
  return EndStatusString === null ? undefined : endStatusesByName.get(EndStatusString);
}

function readOutcome(row: Cdr, direction: Direction): Outcome {
  const talked = row.AcceptTimestamp !== null || (row.Duration ?? 0) > 0;
  const meaning = meaningOf(row);
  if (meaning === undefined) return talked ? "answered" : "unknown";
  const outcome = direction === "inbound" ? (meaning.inbound ?? meaning.outcome) : meaning.outcome;
  return talked ? (meaning.afterTalk ?? outcome) : outcome;
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

/**
 * Returns one party of a call; null where the vendor provides neither the number nor its protected id.
 * @param country of numbers without a country code.
 */
function readParty(
  number: string | null,
  protectedId: string | null,
  region: string | null,
  country: string | null,
): Party | null {
  if (number === null && protectedId === null) return null;
  return { number, e164: e164Of(number, { country }), displayNumber: null, protectedId, region };
}

function readStaff(row: Session): Agent | null {
  if (row.StaffNumber === null && row.StaffEmail === null) return null;
  return { id: row.StaffNumber, name: null, email: row.StaffEmail, phone: null, groupId: null, groupName: null };
}
