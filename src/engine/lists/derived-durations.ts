import { type Fields, instantOf, TimeField } from "./time-field.js";
import { type TimeFault, TOO_LONG } from "./time-check.js";

const DURATIONS = ["talkSeconds", "ringSeconds", "ivrSeconds", "legs[].talkSeconds"].map((path) => new TimeField(path));

/**
 * A call without the durations that are longer than it can have lasted: each of two times may lie near the start, and what an adapter derives from both is
 * still too long.
 */
export function withoutTooLong(call: Fields, mostMs: number): { call: Fields; faults: readonly TimeFault[] } {
  const faults: TimeFault[] = [];
  let cleared = call;
  for (const field of DURATIONS) {
    field.each(call, undefined, (value, _, index) => {
      if (typeof value !== "number" || !Number.isFinite(value) || value * 1000 <= mostMs) return;
      faults.push({ path: field.path, field: field.named(index), rule: TOO_LONG });
      cleared = field.cleared(cleared, index);
    });
  }
  if (cleared.talkSeconds === null && isAnsweredEarly(cleared))
    faults.push({ path: "talkSeconds", field: "talkSeconds", rule: EARLY_ANSWER });
  return { call: cleared, faults };
}

const EARLY_ANSWER = "is not derived from `answeredAt`, which lies more than a minute before the start of the call";

/** Whether a call has an answer and an end, of which no talk is derived: the talk would be longer than the call. */
function isAnsweredEarly(call: Fields): boolean {
  const [start, response] = [instantOf(call.startedAt), instantOf(call.answeredAt)];
  return start !== null && response !== null && start - response > 60_000 && call.endedAt !== null;
}
