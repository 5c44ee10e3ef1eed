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
 * A row of `queryCallDetailRecord`. The page documents times and durations as strings, and its sample contains numbers: both are accepted. Codes are read as
 * text, so that an undocumented code is kept.
 */
const writtenRow = wireObject({
  callSerialNo: wireId,
  caller: wireText,
  called: wireText,
  callerPresent: wireText,
  agentPresent: wireText,
  startTime: wireRequired(time, "the start time of the call"),
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

const isMinusOne = (value: unknown) => value === -1 || value === "-1";

/** Replaces a talk duration of -1 with 0 if the talk start is -1 too: both mean that nobody talked. */
function withoutTalk(row: unknown): unknown {
  const isUntalked =
    typeof row === "object" &&
    row !== null &&
    "talkDuration" in row &&
    "talkingTime" in row &&
    isMinusOne(row.talkDuration) &&
    isMinusOne(row.talkingTime);
  return isUntalked ? { ...row, talkDuration: 0 } : row;
}

/** The schema of a row of `queryCallDetailRecord`, in which -1 may mean that nobody talked. */
export const historyRow = wirePreprocess(withoutTalk, writtenRow);

/** A row of `queryCallDetailRecord`. */
export type HistoryRow = z.output<typeof historyRow>;

const history = wireObject({
  total: wireOptional(wireCount),
  callInfo: wireRows,
});

/** The schema of a response of `queryCallDetailRecord`. Its return code has been classified before. */
export const historyResponse = wireMapped(
  wireObject({ retCode: wireRequired(wireText, "a return code"), result: wireOptional(history) }),
  "a page",
  ({ retCode, result }): Page => {
    // Documented: 1 means "no data is found". That is a window without calls, not a failure.
    const isEmpty = (result?.total ?? 0) === 0 && (result?.callInfo ?? []).length === 0;
    if (retCode === "1" && isEmpty) return { rows: [], total: null, next: null, isDocumentedEmpty: true };
    return { rows: result?.callInfo ?? null, total: result?.total ?? null, next: null };
  },
);

/** The schema of the state of a call in `queryCallState`. Documented: it has no talk times. */
export const callStateRow = wireObject({
  callSerialNo: wireText,
  state: wireText,
  reasonCode: wireText,
  callData: wireText,
  caller: wireText,
  called: wireText,
  callerPresent: wireText,
  agentPresent: wireText,
  startTime: time,
  endTime: time,
});

/** The state of a call. */
export type CallStateRow = z.output<typeof callStateRow>;

/** The schema of a call in `queryCallInfoByCallId`. */
export const deskCallRow = z.object({
  callId: wireId,
  caller: wireText,
  called: wireText,
  calldata: wireText,
  callSkillId: wireText,
  callSkill: wireText,
  callType: wireText,
});

/** A call on an agent's workbench. */
export type DeskCallRow = z.output<typeof deskCallRow>;

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

/**
 * The schema of a response of `queryCallInfoByCallId`, which is a flat object without a return code. Returns the unchanged row, or null if there is no such
 * call. The page documents every field as optional, so an object without values means that there is no such call. So does the "no data" code of the other
 * interfaces. Any other response without a `callId` is undocumented.
 */
export const deskCallResponse = z.record(z.string(), z.unknown()).transform((body) => {
  const { retCode, retMsg, ...call } = body;
  const isNoData = isEmpty(retCode) ? isEmpty(retMsg) : retCode === "1" || retCode === 1;
  return isNoData && Object.values(call).every(isEmpty) ? null : body;
});
