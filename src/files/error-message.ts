/** The message of a failure. The class is not checked: in Jest, Node's errors are not instances of the global `Error`. */
export function errorMessageOf(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
}

/** Replaces a path in the message of a failure, so that it contains the path that the user gave. */
export function renameInMessage(error: unknown, path: string, given: string): void {
  if (typeof error === "object" && error !== null && "message" in error)
    error.message = String(error.message).replaceAll(path, given);
}
