import type { ProvidedValues } from "../../contract/provided-values.js";

/**
 * Documented: `hangupReason` 2 of an inbound call is a caller who gave up while the agent's telephone rang. Reason 8 does not state whether the caller gave up.
 * Rows contain no time of the queue, and the duration of ringing only in some calls.
 */
export const PROVIDED_VALUES: ProvidedValues = {
  inbound: true,
  outbound: true,
  abandoned: true,
  menuAbandonCodes: null,
  waitSeconds: true,
  talkSeconds: true,
};
