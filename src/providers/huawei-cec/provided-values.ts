import type { ProvidedValues } from "../../contract/provided-values.js";

/** Documented: the history contains bidirectional and outbound tasks only. It therefore has neither inbound calls nor their waits and abandonments. */
export const PROVIDED_VALUES: ProvidedValues = {
  inbound: false,
  outbound: true,
  abandoned: false,
  menuAbandonCodes: null,
  waitSeconds: false,
  talkSeconds: true,
};
