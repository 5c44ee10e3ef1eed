import { z } from "zod";

/**
 * The values that a vendor's call history provides. `callMetrics` of `call-records/metrics` returns null, instead of 0, for a number whose values the vendor does
 * not provide. A value is provided if the vendor writes it where it applies, even if some rows lack it.
 */
export interface ProvidedValues {
  /** Whether the history contains inbound calls. */
  inbound: boolean;
  /** Whether the history contains outbound calls. */
  outbound: boolean;
  /** Whether the outcome of an inbound call shows that the caller gave up (`abandoned`). */
  abandoned: boolean;
  /** The values of `hangup.code` of calls that the caller abandoned in the voice menu; null where the vendor does not distinguish these calls. */
  menuAbandonCodes: readonly string[] | null;
  /** Whether the wait of an inbound call is known: from `waitSeconds`, or from the times of the call. */
  waitSeconds: boolean;
  /** Whether `talkSeconds` of an answered call is known. */
  talkSeconds: boolean;
}

/** The schema of {@link ProvidedValues} as a provider declares them: any of them may be left out. */
export const declaredValuesSchema = z
  .object({
    inbound: z.boolean(),
    outbound: z.boolean(),
    abandoned: z.boolean(),
    menuAbandonCodes: z.array(z.string()).readonly().nullable(),
    waitSeconds: z.boolean(),
    talkSeconds: z.boolean(),
  })
  .partial();

/** Returns the values of a declaration, with the default for each value that is left out: provided, and null for `menuAbandonCodes`. */
export function providedValues(declared: z.output<typeof declaredValuesSchema> = {}): ProvidedValues {
  const { inbound, outbound, abandoned, menuAbandonCodes, waitSeconds, talkSeconds } = declared;
  return {
    inbound: inbound ?? true,
    outbound: outbound ?? true,
    abandoned: abandoned ?? true,
    menuAbandonCodes: menuAbandonCodes == null ? null : [...menuAbandonCodes],
    waitSeconds: waitSeconds ?? true,
    talkSeconds: talkSeconds ?? true,
  };
}
