import { notNegative, talkSecondsOf } from "../../contract/duration.js";
import type { MappedCall, RowContext } from "../../contract/provider.js";
import type { Direction, Hangup, Outcome } from "../../model/call-record.js";
import type { Agent, Party } from "../../model/party.js";
import { callDirections, GROUP_CALL, hangupParties, hangupReasons } from "./codes.js";
import { customDataOf, recordingsOf, tagsOf } from "./attachments.js";
import { e164WithCountry } from "./phone-number.js";
import type { RecordRow } from "./wire.js";

/** A row as a call. The vendor lists calls that have ended only. */
export function mapRecord(row: RecordRow, { partition }: RowContext): MappedCall {
  const direction = (row.callType === null ? undefined : callDirections.get(row.callType)) ?? "unknown";
  const reason = row.hangupReason === null ? undefined : hangupReasons.get(row.hangupReason);
  return {
    application: partition.application,
    id: row.keyId,
    relatedIds: relatedIdsOf(row),
    direction,
    kind: row.callType === GROUP_CALL ? "group" : "unknown",
    state: "ended",
    outcome: outcomeOf(row, direction),
    caller: callerOf(row, direction),
    callee: calleeOf(row, direction),
    agent: agentOf(row),
    startedAt: row.callStartTime,
    queuedAt: null,
    // The vendor tells how long it rang, not from when.
    ringingAt: null,
    answeredAt: row.calledAnswerTime,
    endedAt: row.calledHangupTime,
    ringSeconds: notNegative(row.ringDuration),
    talkSeconds: talkSecondsOf(row.callDuration, row.callStartTime, row.calledAnswerTime, row.calledHangupTime),
    ivrSeconds: null,
    hangup: hangupOf(row, reason?.meaning ?? null),
    legs: [],
    recordings: recordingsOf(row),
    tags: tagsOf(row),
    remark: row.remark,
    customData: customDataOf(row),
    updatedAt: row.updateTime,
  };
}

/** By the vendor's reason; where that is not one that it documents, by whether there was a talk. */
function outcomeOf(row: RecordRow, direction: Direction): Outcome {
  const reason = row.hangupReason === null ? undefined : hangupReasons.get(row.hangupReason);
  if (reason === undefined)
    return row.calledAnswerTime !== null || (row.callDuration ?? 0) > 0 ? "answered" : "unknown";
  return direction === "inbound" ? (reason.inbound ?? reason.outcome) : reason.outcome;
}

function relatedIdsOf({ callSessionId, callId }: RecordRow): Record<string, string> {
  const ids: Record<string, string> = {};
  if (callSessionId !== null) ids.callSessionId = callSessionId;
  if (callId !== null) ids.callId = callId;
  return ids;
}

function callerOf(row: RecordRow, direction: Direction): Party | null {
  if (row.caller === null) return null;
  return {
    number: row.caller,
    e164: e164WithCountry(row.caller, row.ccode),
    displayNumber: null,
    protectedId: null,
    region: direction === "inbound" ? row.region : null,
  };
}

/** Documented: `called` is the callee before encryption, `encryptCalled` after it. In the sample the latter holds the plain number. */
function calleeOf(row: RecordRow, direction: Direction): Party | null {
  const { called, encryptCalled } = row;
  const number = called ?? (encryptCalled !== null && PLAIN_NUMBER.test(encryptCalled) ? encryptCalled : null);
  const protectedId = encryptCalled === number ? null : encryptCalled;
  if (number === null && protectedId === null) return null;
  return {
    number,
    e164: e164WithCountry(number, row.ccode),
    displayNumber: null,
    protectedId,
    region: direction === "outbound" ? row.region : null,
  };
}

function agentOf(row: RecordRow): Agent | null {
  const { seatName, voiceGroupId, sipGroupName } = row;
  if (seatName === null && voiceGroupId === null && sipGroupName === null) return null;
  return { id: null, name: seatName, email: null, phone: null, groupId: voiceGroupId, groupName: sipGroupName };
}

function hangupOf(row: RecordRow, reason: string | null): Hangup | null {
  const { hangupReason, hangingDirection } = row;
  if (hangupReason === null && hangingDirection === null) return null;
  return {
    by: (hangingDirection === null ? undefined : hangupParties.get(hangingDirection)) ?? "unknown",
    code: hangupReason,
    reason,
  };
}

const PLAIN_NUMBER = /^\+?\d+$/;
