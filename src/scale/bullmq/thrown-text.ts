/** Returns the message of a thrown value. */
export function messageOf(thrown: unknown): string {
  return textOf(thrown, "message") ?? String(thrown);
}

/** Returns the name and the code of a thrown value. Unlike its message, they contain no values. */
export function kindOf(thrown: unknown): string {
  const name = textOf(thrown, "name") ?? typeof thrown;
  const code = textOf(thrown, "code");
  return code === null ? name : `${name}, ${code}`;
}

function textOf(thrown: unknown, field: "message" | "name" | "code"): string | null {
  if (typeof thrown !== "object" || thrown === null) return null;
  const value: unknown = Reflect.get(thrown, field);
  return typeof value === "string" && value !== "" ? value : null;
}
