/** Whether the file system failed with this code, such as `ENOENT`. */
export function hasFailedWith(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

/** The file system's code of a failure; null where it is no such failure. */
export function codeOf(error: unknown): string | null {
  // By what it has, not by its class: in Jest, Node's errors are not of the class `Error` that a test knows.
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}
