import { notNegative, secondsBetween, talkSecondsOf } from "../../contract/duration.js";
import { e164Of } from "../../contract/phone-number.js";
import type { MappedCall, MappedFoundCall, Partition, RowContext } from "../../contract/provider.js";
import type { CallState, Leg } from "../../model/call-record.js";
import type { Party } from "../../model/party.js";
import { deskCallDirections, EVERY_TASK_TYPE, kinds, states } from "./codes.js";
import { readEnding } from "./ending.js";
import type { DeskCallRow, HistoryRow } from "./wire.js";

/** A row of the history as a call. */
export function mapHistoryRow(row: HistoryRow, { partition }: RowContext): MappedCall {
  // The vendor's sample answers no task type; the list that the row was read from then tells it.
  const taskType = row.taskType ?? partition.parameters.taskType ?? null;
  const state = stateOf(row);
  const ending = state === "ended" ? readEnding(row, taskType) : { outcome: null, hangup: null };
  const endedAt = row.releaseTime ?? row.endTime;
  return {
    application: partition.application,
    id: row.callSerialNo,
    relatedIds: requestedTaskType(row, partition),
    // The history lists bidirectional and outbound tasks only.
    direction: "outbound",
    kind: (taskType === null ? undefined : kinds.get(taskType)) ?? "unknown",
    state,
    outcome: ending.outcome,
    caller: partyOf(row.caller, row.callerPresent),
    callee: partyOf(row.called, row.agentPresent),
    // The vendor shows the agent's telephone, not who the agent is.
    agent: null,
    startedAt: row.startTime,
    queuedAt: null,
    ringingAt: row.alertingTime,
    answeredAt: row.talkingTime,
    endedAt,
    ringSeconds: secondsBetween(row.alertingTime, row.talkingTime ?? endedAt),
    // While a call goes on, a duration of 0 says nothing.
    talkSeconds: state === "ended" ? talkSecondsOf(row.talkDuration, row.startTime, row.talkingTime, endedAt) : null,
    ivrSeconds: null,
    hangup: ending.hangup,
    legs: legsOf(row),
    recordings: [],
    tags: [],
    remark: null,
    customData: row.callData,
    updatedAt: null,
  };
}

/** The task type by which the row was asked for, where it has none of its own: what the reason code means depends on it. */
function requestedTaskType(row: HistoryRow, partition: Partition): Record<string, string> {
  const { taskType } = partition.parameters;
  return row.taskType !== null || taskType === undefined || taskType === EVERY_TASK_TYPE ? {} : { taskType };
}

/** A call at the desk of the agent who was asked for. The vendor tells no times, and answers only while the call goes on. */
export function mapDeskCall(row: DeskCallRow, agentId: string): MappedFoundCall {
  return {
    application: null,
    id: row.callId,
    relatedIds: {},
    direction: (row.callType === null ? undefined : deskCallDirections.get(row.callType)) ?? "unknown",
    kind: "unknown",
    state: "in-progress",
    outcome: null,
    caller: partyOf(row.caller, null),
    callee: partyOf(row.called, null),
    agent: { id: agentId, name: null, email: null, phone: null, groupId: row.callSkillId, groupName: row.callSkill },
    startedAt: null,
    queuedAt: null,
    ringingAt: null,
    answeredAt: null,
    endedAt: null,
    ringSeconds: null,
    talkSeconds: null,
    ivrSeconds: null,
    hangup: null,
    legs: [],
    recordings: [],
    tags: [],
    remark: null,
    customData: row.calldata,
    updatedAt: null,
  };
}

/** By the end or the talk of the call, which are written when it ends, whatever the state says; else by the state; else by the other times. */
function stateOf(row: HistoryRow): CallState {
  if (row.endTime !== null || row.releaseTime !== null || (row.talkDuration ?? 0) > 0) return "ended";
  const told = row.state === null ? undefined : states.get(row.state);
  if (told !== undefined) return told;
  // A reason for ending is as good a sign of the end as a time is. A call whose state is known to go on may have the reason 0.
  if (row.reasonCode !== null) return "ended";
  if (row.talkingTime !== null) return "in-progress";
  return row.alertingTime !== null || row.agentAlertingTime !== null || row.agentTalkingTime !== null
    ? "ringing"
    : "queued";
}

function partyOf(number: string | null, displayNumber: string | null): Party | null {
  if (number === null && displayNumber === null) return null;
  return { number, e164: e164Of(number), displayNumber, protectedId: null, region: null };
}

/** The agent is called first, then the customer. */
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
  course: Pick<Leg, "ringingAt" | "answeredAt" | "endedAt" | "talkSeconds">,
): Leg {
  const { ringingAt, answeredAt, endedAt, talkSeconds } = course;
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
