import type { Hangup, Outcome } from "../../model/call-record.js";
import { ITA, itaReasons, taskReasons, type Reason } from "./codes.js";
import type { HistoryRow } from "./wire.js";

/** How a call ended. */
export interface Ending {
  outcome: Outcome;
  /** Null where the vendor gives no reason. */
  hangup: Hangup | null;
}

/** Reads the end of an ended call off its reason code, and off whether the customer talked. */
export function readEnding(row: HistoryRow, taskType: string | null): Ending {
  const code = row.reasonCode;
  const byTalk = row.talkingTime !== null || (row.talkDuration ?? 0) > 0 ? "answered" : "unknown";
  if (code === null) return { outcome: byTalk, hangup: null };
  const isIta = taskType === ITA;
  const reason = (isIta ? itaReasons : taskReasons).get(code);
  if (reason === undefined) return { outcome: byTalk, hangup: { by: "unknown", code, reason: null } };
  const outcome = isIta ? itaOutcome(reason, row) : taskOutcome(reason, row);
  return { outcome, hangup: { by: reason.by, code, reason: reason.meaning } };
}

/** "The called party hangs up" is an answered call, unless the row says outright that nobody talked. */
function taskOutcome(reason: Reason, row: HistoryRow): Outcome {
  const neverTalked = row.talkDuration === 0 && row.talkingTime === null;
  return neverTalked ? (reason.withoutTalk ?? reason.outcome) : reason.outcome;
}

/**
 * A cause value tells how the line was cleared, not whether there had been a conversation: a call that was talked on was answered, however it
 * ended. A talk of less than a second has a beginning and no duration; that is enough where the cause itself speaks of no failure.
 */
function itaOutcome(reason: Reason, row: HistoryRow): Outcome {
  if ((row.talkDuration ?? 0) > 0) return "answered";
  if (reason.outcome === "answered" && row.talkingTime !== null) return "answered";
  return reason.withoutTalk ?? reason.outcome;
}
