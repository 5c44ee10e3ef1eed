/** Whether a failure has this system code, such as `ENOENT`. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return errorCodeOf(error) === code;
}

/** The system code of a failure; null where it has none. */
export function errorCodeOf(error: unknown): string | null {
  // The class is not checked: in Jest, Node's errors are not instances of the global `Error`.
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}
