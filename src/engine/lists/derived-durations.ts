import { type Fields, instantOf, TimeField } from "./time-field.js";
import { AGREEMENT_MS, type TimeFault, TOO_LONG } from "./time-check.js";

const DURATIONS = ["talkSeconds", "ringSeconds", "ivrSeconds", "legs[].talkSeconds"].map((path) => new TimeField(path));

/**
 * Clears the durations that are longer than the call can have lasted. The duration that an adapter derives from two times may be too long, although each time
 * is near the start.
 */
export function withoutExcessiveDurations(call: Fields, maxMs: number): { call: Fields; faults: readonly TimeFault[] } {
  const faults: TimeFault[] = [];
  let cleared = call;
  for (const field of DURATIONS) {
    field.each(call, undefined, (value, _, index) => {
      if (typeof value !== "number" || !Number.isFinite(value) || value * 1000 <= maxMs) return;
      faults.push({ path: field.path, field: field.named(index), rule: TOO_LONG });
      cleared = field.cleared(cleared, index);
    });
  }
  if (cleared.talkSeconds === null && isAnsweredEarly(cleared))
    faults.push({ path: "talkSeconds", field: "talkSeconds", rule: ANSWERED_TOO_EARLY });
  return { call: cleared, faults };
}

const ANSWERED_TOO_EARLY =
  "is not derived from `answeredAt`, which lies more than a minute before the start of the call";

/** Whether a call was answered long before its start. No talk time is then derived, because it would be longer than the call. */
function isAnsweredEarly(call: Fields): boolean {
  const [start, answered] = [instantOf(call.startedAt), instantOf(call.answeredAt)];
  return start !== null && answered !== null && start - answered > AGREEMENT_MS && call.endedAt !== null;
}
