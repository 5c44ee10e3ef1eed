import type { z } from "zod";

/** Where in an answer the first fault is, in the vendor's names; empty where it is the answer as a whole. */
export function fieldOf(error: z.ZodError): string {
  return error.issues[0]?.path.map(String).join(".") ?? "";
}

/** What is wrong with an answer or a row: the first field that is not what the vendor documents, and what it should be. */
export function undocumented(error: z.ZodError): string {
  const field = fieldOf(error);
  const rule = error.issues[0]?.message ?? "not as documented";
  return `is not what the vendor documents: ${field === "" ? "as a whole" : `field \`${field}\``}: ${rule}.`;
}
