/** Whether the file system failed with this code, such as `ENOENT`. */
export function hasFailedWith(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

/** The file system's code of a failure; null where it is no such failure. */
export function codeOf(error: unknown): string | null {
  const code: unknown = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}
