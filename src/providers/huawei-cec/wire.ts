import { z } from "zod";
import type { Page } from "../../contract/provider.js";
import {
  wireCallSeconds,
  wireCallTime,
  wireCount,
  wireId,
  wireRows,
  wireText,
  wireUnixMs,
} from "../../contract/wire.js";
import { wireMapped, wireObject, wireOptional, wirePreprocess, wireRequired } from "../../contract/wire-schema.js";

const time = wireCallTime(wireUnixMs);

/**
 * A row of `queryCallDetailRecord`. The page calls times and durations strings and its sample sends numbers: both are read.
 * Codes are read as text, so that a code the page does not list passes as it is.
 */
const writtenRow = wireObject({
  callSerialNo: wireId,
  caller: wireText,
  called: wireText,
  callerPresent: wireText,
  agentPresent: wireText,
  startTime: wireRequired(time, "the time at which the call began"),
  endTime: time,
  state: wireText,
  reasonCode: wireText,
  taskType: wireText,
  callData: wireText,
  alertingTime: time,
  talkingTime: time,
  releaseTime: time,
  talkDuration: wireCallSeconds,
  agentAlertingTime: time,
  agentTalkingTime: time,
  agentReleaseTime: time,
  agentTalkDuration: wireCallSeconds,
});

const isNone = (value: unknown) => value === -1 || value === "-1";

/** -1 for both the talk and its beginning says that nobody talked, as 0 does. */
function withoutTalk(row: unknown): unknown {
  const isUntalked =
    typeof row === "object" &&
    row !== null &&
    "talkDuration" in row &&
    "talkingTime" in row &&
    isNone(row.talkDuration) &&
    isNone(row.talkingTime);
  return isUntalked ? { ...row, talkDuration: 0 } : row;
}

/** A row of `queryCallDetailRecord`, in which -1 may say that nobody talked. */
export const historyRow = wirePreprocess(withoutTalk, writtenRow);

/** A call as its history tells it. */
export type HistoryRow = z.output<typeof historyRow>;

const history = wireObject({
  total: wireOptional(wireCount),
  callInfo: wireRows,
});

/** The envelope of `queryCallDetailRecord`. That the return code is a good one has been judged before. */
export const historyResponse = wireMapped(
  wireObject({ retCode: wireRequired(wireText, "a return code"), result: wireOptional(history) }),
  "a page",
  ({ retCode, result }): Page => {
    // Documented: 1 is "no data is found", which is no failure but a window without calls.
    const isEmpty = (result?.total ?? 0) === 0 && (result?.callInfo ?? []).length === 0;
    if (retCode === "1" && isEmpty) return { rows: [], total: null, next: null, isDocumentedEmpty: true };
    return { rows: result?.callInfo ?? null, total: result?.total ?? null, next: null };
  },
);

/** The answer of `queryCallInfoByCallId`: flat, without a return code. */
export const deskCallRow = z.object({
  callId: wireId,
  caller: wireText,
  called: wireText,
  calldata: wireText,
  callSkillId: wireText,
  callSkill: wireText,
  callType: wireText,
});

/** A call that is at an agent's desk. */
export type DeskCallRow = z.output<typeof deskCallRow>;

const isNothing = (value: unknown) => value === undefined || value === null || value === "";

/**
 * The row as it came, or null where there is no such call. The page requires no field of a response, and names no other form: an object in which no field
 * has a value is such a call's, as is the code for no data of the other interfaces. Anything else without a `callId` is no response that is documented.
 */
export const deskCallResponse = z.record(z.string(), z.unknown()).transform((body) => {
  const { retCode, retMsg, ...call } = body;
  const isNoData = isNothing(retCode) ? isNothing(retMsg) : retCode === "1" || retCode === 1;
  return isNoData && Object.values(call).every(isNothing) ? null : body;
});
