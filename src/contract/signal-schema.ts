import { z } from "zod";

/** An `AbortSignal`. It is recognised by its interface, because signals of other realms and implementations are instances of other classes. */
export const signalSchema = z.custom<AbortSignal>(
  (value) => typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value,
  "must be an AbortSignal",
);
