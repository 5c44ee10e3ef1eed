/** The message of a failure. The class is not checked: in Jest, Node's errors are not instances of the global `Error`. */
export function errorMessageOf(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
}
