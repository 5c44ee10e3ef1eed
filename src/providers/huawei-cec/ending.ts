import type { Hangup, Outcome } from "../../model/call-record.js";
import { ITA, itaReasons, NOTIFICATION, notificationReasons, taskReasons, type Reason } from "./codes.js";
import type { HistoryRow } from "./wire.js";

/** The end of a call. */
export interface Ending {
  outcome: Outcome;
  /** Null where the vendor gives no reason. */
  hangup: Hangup | null;
}

/** Derives the end of an ended call from its reason code, and from whether the customer talked. */
export function readEnding(row: HistoryRow, taskType: string | null): Ending {
  const code = row.reasonCode;
  const byTalk = hasTalk(row) ? "answered" : "unknown";
  if (code === null) return { outcome: byTalk, hangup: null };
  const reason = reasonsOf(taskType).get(code);
  if (reason === undefined) return { outcome: byTalk, hangup: { by: "unknown", code, reason: null } };
  return { outcome: outcomeOf(reason, row, taskType), hangup: { by: reason.by, code, reason: reason.meaning } };
}

function reasonsOf(taskType: string | null): ReadonlyMap<string, Reason> {
  if (taskType === ITA) return itaReasons;
  return taskType === NOTIFICATION ? notificationReasons : taskReasons;
}

function outcomeOf(reason: Reason, row: HistoryRow, taskType: string | null): Outcome {
  if (taskType === ITA) return itaOutcome(reason, row);
  if (taskType === NOTIFICATION) return hasTalk(row) ? "answered" : reason.outcome;
  return taskOutcome(reason, row);
}

/** Whether the row shows that the customer talked, or listened to a notification. */
function hasTalk({ talkingTime, talkDuration }: HistoryRow): boolean {
  return talkingTime !== null || (talkDuration ?? 0) > 0;
}

/** Returns the outcome of a call that is neither an ITA call nor a voice notification. "The called party hangs up" means an answered call, unless the row states that nobody talked. */
function taskOutcome(reason: Reason, row: HistoryRow): Outcome {
  const neverTalked = row.talkDuration === 0 && row.talkingTime === null;
  return neverTalked ? (reason.withoutTalk ?? reason.outcome) : reason.outcome;
}

/**
 * Returns the outcome of an ITA call. A cause value states how the line was cleared, not whether there was a conversation. A call with talk time was answered,
 * whatever its cause. A talk of less than a second has a start and no duration, which is sufficient if the cause is not a failure.
 */
function itaOutcome(reason: Reason, row: HistoryRow): Outcome {
  if ((row.talkDuration ?? 0) > 0) return "answered";
  if (reason.outcome === "answered" && row.talkingTime !== null) return "answered";
  return reason.withoutTalk ?? reason.outcome;
}
