/** What a schema found wrong: an error of zod's, or the one issue of it that counts. */
export interface SchemaFault {
  issues: readonly { path: readonly PropertyKey[]; message: string }[];
}

/** Where in an answer the first fault is, in the vendor's names; empty where it is the answer as a whole. */
export function fieldOf(error: SchemaFault): string {
  return error.issues[0]?.path.map(String).join(".") ?? "";
}

/** What is wrong with an answer or a row: the first field that is not what the vendor documents, and what it should be. */
export function undocumented(error: SchemaFault): string {
  const field = fieldOf(error);
  const rule = error.issues[0]?.message ?? "not as documented";
  return `is not what the vendor documents: ${field === "" ? "as a whole" : `field \`${field}\``}: ${rule}.`;
}
