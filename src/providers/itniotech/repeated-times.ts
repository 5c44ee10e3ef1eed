import { AGREEMENT_SECONDS } from "../../contract/duration.js";
import type { Zone } from "../../contract/zone.js";
import type { RecordRow } from "./wire.js";

/**
 * Returns the row with the right instants of its end and its update. Where clocks are set back, a local time occurs twice, and is parsed as the earlier instant.
 * The later one is right where the earlier one lies before the start of the call, or contradicts the vendor's duration.
 */
export function resolveRepeatedTimes(row: RecordRow, zone: Zone): RecordRow {
  const { callStartTime: start, calledAnswerTime, callDuration, calledHangupTime: end, updateTime } = row;
  const answered = laterIf(calledAnswerTime, zone, (at) => at < start.getTime());
  const expectedEnd =
    answered === null || callDuration === null || callDuration <= 0 ? null : answered.getTime() + callDuration * 1000;
  const isWrongEnd = (at: number) =>
    at < (answered ?? start).getTime() ||
    (expectedEnd !== null && Math.abs(at - expectedEnd) > AGREEMENT_SECONDS * 1000);
  const hangup = laterIf(end, zone, isWrongEnd);
  const update = laterIf(updateTime, zone, (at) => hangup !== null && at < hangup.getTime());
  return answered === calledAnswerTime && hangup === end && update === updateTime
    ? row
    : { ...row, calledAnswerTime: answered, calledHangupTime: hangup, updateTime: update };
}

/** Returns the later instant of a local time that occurs twice, if it is right and the given one is wrong; else the given one. */
function laterIf(time: Date | null, zone: Zone, isWrong: (at: number) => boolean): Date | null {
  if (time === null || !isWrong(time.getTime())) return time;
  const repeat = zone.repeatOf(time.getTime());
  return repeat === null || isWrong(repeat) ? time : new Date(repeat);
}
