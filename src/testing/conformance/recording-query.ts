import type { RecordingQuery } from "../../adapter.js";
import type { RecordingExample } from "./subject.js";

/** Returns the query for the first recording of an example. @throws TypeError when the example has none. */
export function recordingQuery({ call }: RecordingExample): RecordingQuery {
  const { application, id, relatedIds = {}, startedAt, endedAt, recordings, legs = [] } = call;
  const [recording] = recordings;
  if (recording === undefined) throw new TypeError("`examples.recordings.call` has no recording.");
  const time = (instant: Date | string | null | undefined) => (instant == null ? null : new Date(instant));
  return {
    call: {
      ...{ application, id, relatedIds: { ...relatedIds }, recordings: [...recordings] },
      ...{ startedAt: time(startedAt), endedAt: time(endedAt) },
      legs: legs.map((leg) => ({ recordings: [...(leg.recordings ?? [])] })),
    },
    recording,
    leg: null,
    // An hour after the call: no vendor has deleted its recording.
    now: new Date((time(endedAt ?? startedAt) ?? new Date(Date.UTC(2026, 10, 20))).getTime() + 3_600_000),
  };
}
