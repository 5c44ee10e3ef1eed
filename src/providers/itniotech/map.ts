import { notNegative, talkSecondsOf } from "../../contract/duration.js";
import { callingCodeOf, e164OfText, type HomeCountry, internationalE164 } from "../../contract/phone-number.js";
import { type PhoneText, readPhoneText } from "../../contract/phone-text.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type { RowContext } from "../../contract/provider.js";
import type { CallQueue, Direction, Hangup, Outcome } from "../../model/call-record.js";
import type { Agent, Party } from "../../model/party.js";
import { callDirections, GROUP_CALL, hangupParties, hangupReasons, queueingCallTypes } from "./codes.js";
import { customDataOf, recordingsOf, tagsOf } from "./attachments.js";
import type { RecordRow } from "./wire.js";

/** Maps a row of the call history, which contains only ended calls. @param country of numbers without a country code, in rows without one. */
export function mapRecord(row: RecordRow, { partition }: RowContext, country: string | null): MappedCall {
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
    caller: callerOf(row, direction, country),
    callee: calleeOf(row, direction, country),
    agent: agentOf(row),
    queue: queueOf(row),
    startedAt: row.callStartTime,
    queuedAt: null,
    // The vendor provides the ring duration, but not its start.
    ringingAt: null,
    answeredAt: row.calledAnswerTime,
    endedAt: row.calledHangupTime,
    ringSeconds: notNegative(row.ringDuration),
    talkSeconds: talkSecondsOf(row.callDuration, row.callStartTime, row.calledAnswerTime, row.calledHangupTime),
    ivrSeconds: null,
    hangup: hangupOf(row, reason?.meaning ?? null),
    legs: [],
    transferred: reason?.transferred ?? null,
    menuKeys: [],
    satisfaction: null,
    // The list contains no price. The vendor's pushes do.
    cost: null,
    recordings: recordingsOf(row),
    tags: tagsOf(row),
    remark: row.remark,
    customData: customDataOf(row),
    updatedAt: row.updateTime,
  };
}

/** Returns the outcome for the vendor's reason, or for an undocumented reason by whether the parties talked. */
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

function callerOf(row: RecordRow, direction: Direction, country: string | null): Party | null {
  if (row.caller === null) return null;
  return {
    number: row.caller,
    e164: e164In(row.caller, homeOf(row.ccode, country), direction === "inbound"),
    displayNumber: null,
    protectedId: null,
    region: direction === "inbound" ? row.region : null,
  };
}

/** Returns the callee. Documented: `called` is the number before encryption, `encryptCalled` after it. In the sample, the latter is the plain number. */
function calleeOf(row: RecordRow, direction: Direction, country: string | null): Party | null {
  const { called, encryptCalled } = row;
  const text = encryptCalled === null ? null : readPhoneText(encryptCalled);
  const number = called ?? (text === null ? null : encryptCalled);
  const e164 = e164In(number, homeOf(row.ccode, country), direction === "outbound");
  // Digits that are not a valid number may be encrypted.
  const isPlain = encryptCalled === number && (called !== null || e164 !== null || isInternationalNumber(text));
  const protectedId = isPlain ? null : encryptCalled;
  if (number === null && protectedId === null) return null;
  return {
    number,
    e164,
    displayNumber: null,
    protectedId,
    region: direction === "outbound" ? row.region : null,
  };
}

function isInternationalNumber(text: PhoneText | null): boolean {
  return text !== null && internationalE164(text.digits) !== null;
}

function agentOf(row: RecordRow): Agent | null {
  const { seatName, voiceGroupId, sipGroupName } = row;
  if (seatName === null && voiceGroupId === null && sipGroupName === null) return null;
  return { id: null, name: seatName, email: null, phone: null, groupId: voiceGroupId, groupName: sipGroupName };
}

/** Returns the group for which the customer waited. In an outgoing call, it is the group of the agent who made the call. */
function queueOf({ callType, voiceGroupId: id, sipGroupName: name }: RecordRow): CallQueue | null {
  if (callType === null || !queueingCallTypes.has(callType)) return null;
  return id === null && name === null ? null : { id, name };
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

const COUNTRY_CODE = /^\+?([1-9]\d{0,3})(?!\d)/;
const MIN_SUBSCRIBER_DIGITS = 7;

/**
 * Returns the number in E.164 format if its country is certain, else null. The vendor writes numbers with their country code but without a `+`, and provides
 * the customer's country code separately (`86(China)`). A number that begins with that code and is valid is international. The customer's number may
 * also be a national number of that country.
 */
function e164In(number: string | null, home: HomeCountry, isCustomer: boolean): string | null {
  const text = number === null ? null : readPhoneText(number);
  if (text === null) return null;
  const { digits, isInternational } = text;
  const { callingCode } = home;
  if (!isInternational && callingCode != null && digits.startsWith(callingCode)) {
    const international =
      digits.length - callingCode.length >= MIN_SUBSCRIBER_DIGITS ? internationalE164(digits) : null;
    if (international !== null) return international;
  }
  return e164OfText(text, isCustomer ? home : {});
}

/** The last country codes. Nearly every row has the same one, so it is parsed only once. */
let lastHome: { ccode: string | null; country: string | null; home: HomeCountry } = {
  ccode: null,
  country: null,
  home: {},
};

/** Returns the country of a row: its own country code, else the account's default country. */
function homeOf(ccode: string | null, country: string | null): HomeCountry {
  if (ccode !== lastHome.ccode || country !== lastHome.country) {
    const own = ccode === null ? undefined : COUNTRY_CODE.exec(ccode)?.[1];
    const callingCode = own ?? (country === null ? null : callingCodeOf(country));
    lastHome = { ccode, country, home: callingCode === null ? {} : { callingCode } };
  }
  return lastHome.home;
}
