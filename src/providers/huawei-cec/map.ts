import { notNegative, secondsBetween, talkSecondsOf } from "../../contract/duration.js";
import { absentFields } from "../../contract/absent-fields.js";
import { e164Of } from "../../contract/phone-number.js";
import type { MappedCall, MappedFoundCall } from "../../contract/mapped-call.js";
import type { Partition, RowContext } from "../../contract/provider.js";
import type { CallState, Leg, Recording } from "../../model/call-record.js";
import type { Party } from "../../model/party.js";
import { deskCallDirections, EVERY_TASK_TYPE, kinds, states } from "./codes.js";
import { readEnding } from "./ending.js";
import type { CallStateRow, DeskCallRow, HistoryRow } from "./wire.js";

/** The facts of the account that the rows do not state. */
interface AccountFacts {
  /** The country of numbers without a country code, or null. */
  country: string | null;
  /** Whether the account records its calls. */
  isRecorded: boolean;
}

/** Maps a row of the call history. */
export function mapHistoryRow(
  row: HistoryRow,
  { partition }: RowContext,
  { country, isRecorded }: AccountFacts,
): MappedCall {
  // The vendor's sample contains no task type. The task type of the request applies then.
  const taskType = row.taskType ?? partition.parameters.taskType ?? null;
  const state = stateOf(row);
  const ending = state === "ended" ? readEnding(row, taskType) : { outcome: null, hangup: null };
  const endedAt = row.releaseTime ?? row.endTime;
  return {
    application: partition.application,
    id: row.callSerialNo,
    relatedIds: requestedTaskType(row, partition),
    // The history contains only bidirectional and outbound tasks.
    direction: "outbound",
    kind: (taskType === null ? undefined : kinds.get(taskType)) ?? "unknown",
    state,
    outcome: ending.outcome,
    caller: partyOf(row.caller, row.callerPresent, country),
    callee: partyOf(row.called, row.agentPresent, country),
    // The vendor provides the agent's telephone number, but does not identify the agent.
    agent: null,
    queue: null,
    startedAt: row.startTime,
    queuedAt: null,
    ringingAt: row.alertingTime,
    answeredAt: row.talkingTime,
    endedAt,
    ringSeconds: secondsBetween(row.alertingTime, row.talkingTime ?? endedAt),
    // The duration of an active call is 0, which is not its talk time.
    talkSeconds: state === "ended" ? talkSecondsOf(row.talkDuration, row.startTime, row.talkingTime, endedAt) : null,
    ivrSeconds: null,
    hangup: ending.hangup,
    legs: legsOf(row),
    transferred: null,
    menuKeys: [],
    satisfaction: null,
    cost: null,
    recordings: isRecorded ? recordingsOf(row, state) : [],
    tags: [],
    remark: null,
    customData: row.callData,
    updatedAt: null,
  };
}

/** Returns the recording of an answered call. The vendor's history does not list recordings. */
function recordingsOf({ callSerialNo, talkingTime }: HistoryRow, state: CallState): Recording[] {
  if (state !== "ended" || talkingTime === null) return [];
  return [{ id: callSerialNo, url: null, kind: "call", transcriptUrl: null }];
}

/** Returns the task type of the request if the row has none: the meaning of the reason code depends on it. */
function requestedTaskType(row: HistoryRow, partition: Partition): Record<string, string> {
  const { taskType } = partition.parameters;
  return row.taskType !== null || taskType === undefined || taskType === EVERY_TASK_TYPE ? {} : { taskType };
}

/** Maps the state of a call. It has neither talk times nor a task type. The meaning of the reason code depends on the task type, so that it is unknown here. */
export function mapCallState(row: CallStateRow, callSerialNo: string, country: string | null): MappedFoundCall {
  const state = stateOf({ ...row, ...WITHOUT_TALK });
  const code = row.reasonCode;
  return {
    ...absentFields(),
    id: row.callSerialNo ?? callSerialNo,
    direction: "outbound",
    kind: "unknown",
    state,
    outcome: state === "ended" ? "unknown" : null,
    caller: partyOf(row.caller, row.callerPresent, country),
    callee: partyOf(row.called, row.agentPresent, country),
    startedAt: row.startTime,
    endedAt: row.endTime,
    hangup: state === "ended" && code !== null ? { by: "unknown", code, reason: null } : null,
    customData: row.callData,
  };
}

/** The fields of a history row that the state of a call does not have. */
const WITHOUT_TALK = {
  releaseTime: null,
  talkDuration: null,
  talkingTime: null,
  alertingTime: null,
  agentAlertingTime: null,
  agentTalkingTime: null,
};

/** Maps a call on the workbench of the given agent. The vendor provides no times, and returns the call only while it is active. */
export function mapDeskCall(row: DeskCallRow, agentId: string): MappedFoundCall {
  return {
    ...absentFields(),
    id: row.callId,
    direction: (row.callType === null ? undefined : deskCallDirections.get(row.callType)) ?? "unknown",
    kind: "unknown",
    state: "in-progress",
    outcome: null,
    startedAt: null,
    // The vendor sends these numbers as JSON numbers, which have lost a leading 0 or +. Their country is therefore not certain.
    caller: partyOf(row.caller, null, null),
    callee: partyOf(row.called, null, null),
    // The vendor provides the skill of the call, but does not state whether the caller waited for it, so that `queue` is null.
    agent: { id: agentId, name: null, email: null, phone: null, groupId: row.callSkillId, groupName: row.callSkill },
    customData: row.calldata,
  };
}

/** The fields of a row that show the state of its call. */
type StateFields = Pick<HistoryRow, keyof typeof WITHOUT_TALK | "endTime" | "state" | "reasonCode">;

/**
 * Returns the state of a call. A call with an end time or a talk duration has ended, whatever its state, because the vendor writes them at the end. Otherwise
 * the state applies, and without a state the other times.
 */
function stateOf(row: StateFields): CallState {
  if (row.endTime !== null || row.releaseTime !== null || (row.talkDuration ?? 0) > 0) return "ended";
  const state = row.state === null ? undefined : states.get(row.state);
  if (state !== undefined) return state;
  // A call with a reason code has ended. This does not hold where the state is known: an active call may have the reason 0.
  if (row.reasonCode !== null) return "ended";
  if (row.talkingTime !== null) return "in-progress";
  return row.alertingTime !== null || row.agentAlertingTime !== null || row.agentTalkingTime !== null
    ? "ringing"
    : "queued";
}

function partyOf(number: string | null, displayNumber: string | null, country: string | null): Party | null {
  if (number === null && displayNumber === null) return null;
  return { number, e164: e164Of(number, { country }), displayNumber, protectedId: null, region: null };
}

/** Returns the two legs: the agent is called first, then the customer. */
function legsOf(row: HistoryRow): Leg[] {
  return [
    legOf("agent", row.caller, {
      ringingAt: row.agentAlertingTime,
      answeredAt: row.agentTalkingTime,
      endedAt: row.agentReleaseTime,
      talkSeconds: row.agentTalkDuration,
    }),
    legOf("customer", row.called, {
      ringingAt: row.alertingTime,
      answeredAt: row.talkingTime,
      endedAt: row.releaseTime,
      talkSeconds: row.talkDuration,
    }),
  ];
}

function legOf(
  role: Leg["role"],
  number: string | null,
  { ringingAt, answeredAt, endedAt, talkSeconds }: Pick<Leg, "ringingAt" | "answeredAt" | "endedAt" | "talkSeconds">,
): Leg {
  return {
    role,
    number,
    agent: null,
    startedAt: null,
    ringingAt,
    answeredAt,
    endedAt,
    talkSeconds: notNegative(talkSeconds),
    transferredFrom: null,
    transferredTo: null,
    recordings: [],
  };
}
