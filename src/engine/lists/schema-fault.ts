/** The faults that a schema found: a zod error, or its relevant issue. */
export interface SchemaFault {
  issues: readonly { path: readonly PropertyKey[]; message: string }[];
}

/** The path of the first fault in the vendor's names; empty if it is the whole response. */
export function fieldOf(error: SchemaFault): string {
  return error.issues[0]?.path.map(String).join(".") ?? "";
}

/** The end of a message about a response or row: the first field that is not as the vendor documents, and the rule. */
export function undocumented(error: SchemaFault): string {
  const field = fieldOf(error);
  const rule = error.issues[0]?.message ?? "not as documented";
  return `is not what the vendor documents: ${field === "" ? "as a whole" : `field \`${field}\``}: ${rule}.`;
}
