import { AGREEMENT_SECONDS } from "../../contract/duration.js";
import type { Zone } from "../../contract/zone.js";
import type { RecordRow } from "./wire.js";

/** Possible instants of a call, in epoch milliseconds. */
interface Reading {
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
}

/** The known durations of a call, in milliseconds. */
interface Durations {
  /** The vendor's duration of the talk; 0 where there is none. */
  talk: number;
  /** The account's longest call. */
  longest: number;
}

/**
 * Returns the row with the right instants of its local times. Where clocks are set back, a local time occurs twice, and is parsed as the earlier instant.
 * The later one is right where the earlier one contradicts the order of the times, the vendor's duration or the longest call.
 */
export function resolveRepeatedTimes(row: RecordRow, zone: Zone, longestCallSeconds: number): RecordRow {
  const { callStartTime, calledAnswerTime, calledHangupTime, updateTime, callDuration } = row;
  const parsed = {
    startedAt: callStartTime.getTime(),
    answeredAt: calledAnswerTime?.getTime() ?? null,
    endedAt: calledHangupTime?.getTime() ?? null,
  };
  const durations = { talk: (callDuration ?? 0) * 1000, longest: longestCallSeconds * 1000 };
  const right = contradictionsOf(parsed, durations) === 0 ? parsed : mostPlausible(parsed, durations, zone);
  const updated = updateTime?.getTime() ?? null;
  const isUpdatedEarly = updated !== null && right.endedAt !== null && updated < right.endedAt;
  const update = isUpdatedEarly ? zone.repeatOf(updated) : null;
  return right === parsed && update === null
    ? row
    : {
        ...row,
        callStartTime: new Date(right.startedAt),
        calledAnswerTime: dateOf(right.answeredAt),
        calledHangupTime: dateOf(right.endedAt),
        updateTime: update === null ? updateTime : new Date(update),
      };
}

/** Returns the reading with the fewest contradictions. Of several without any, it is the shortest call, and of several with as many, the first. */
function mostPlausible(parsed: Reading, durations: Durations, zone: Zone): Reading {
  const [answerTimes, endTimes] = [instantsOf(parsed.answeredAt, zone), instantsOf(parsed.endedAt, zone)];
  let best = parsed;
  for (const startedAt of [parsed.startedAt, zone.repeatOf(parsed.startedAt) ?? parsed.startedAt])
    for (const answeredAt of answerTimes)
      for (const endedAt of endTimes) {
        const reading = { startedAt, answeredAt, endedAt };
        const [known, found] = [contradictionsOf(best, durations), contradictionsOf(reading, durations)];
        if (found < known || (found === 0 && lengthOf(reading) < lengthOf(best))) best = reading;
      }
  return best;
}

/** Returns the number of rules that a reading breaks. */
function contradictionsOf(reading: Reading, { talk, longest }: Durations): number {
  const { startedAt, answeredAt, endedAt } = reading;
  const isAnsweredEarly = answeredAt !== null && answeredAt < startedAt;
  const isEndedEarly = endedAt !== null && endedAt < (answeredAt ?? startedAt);
  const isOtherTalk =
    talk > 0 &&
    answeredAt !== null &&
    endedAt !== null &&
    Math.abs(endedAt - answeredAt - talk) > AGREEMENT_SECONDS * 1000;
  const isTooLong = lengthOf(reading) > longest;
  return Number(isAnsweredEarly) + Number(isEndedEarly) + Number(isOtherTalk) + Number(isTooLong);
}

function lengthOf({ startedAt, answeredAt, endedAt }: Reading): number {
  return (endedAt ?? answeredAt ?? startedAt) - startedAt;
}

/** Returns the possible instants of a time, the earlier first. */
function instantsOf(time: number | null, zone: Zone): (number | null)[] {
  const repeat = time === null ? null : zone.repeatOf(time);
  return repeat === null ? [time] : [time, repeat];
}

function dateOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
