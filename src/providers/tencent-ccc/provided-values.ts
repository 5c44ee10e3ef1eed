import type { ProvidedValues } from "../../contract/provided-values.js";

/**
 * Documented: `EndStatus` 102 (`ivrGiveUp`) is a caller who gave up in the voice menu, and 103, 104 are callers who gave up later. Rows contain the times of
 * the queue, of ringing and of talk.
 */
export const PROVIDED_VALUES: ProvidedValues = {
  inbound: true,
  outbound: true,
  abandoned: true,
  menuAbandonCodes: ["102", "ivrGiveUp"],
  waitSeconds: true,
  talkSeconds: true,
};
