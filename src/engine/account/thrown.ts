/** The number of nested causes that are copied. */
const MAX_CAUSES = 5;

/**
 * Returns the name and the message of a thrown value. They are read as properties: an error of another realm, such as Node's in Jest, is not an instance of
 * this realm's `Error`. The text may contain secrets.
 */
export function describeThrown(thrown: unknown): string {
  if (!hasMessage(thrown)) return "a value that is not an error";
  return `${nameOf(thrown)}: ${thrown.message}`;
}

const sanitized = new WeakSet<Error>();

/**
 * Returns a copy of a thrown error for the `cause` of the library's own error. The copy holds the class name, the message, the stack and the nested causes.
 * It holds no other property: HTTP libraries attach the request and the response, which contain credentials.
 * @param clean removes secrets from a text.
 * @returns undefined where the thrown value is not an error.
 */
export function sanitizedCause(thrown: unknown, clean: (text: string) => string, depth = 1): Error | undefined {
  if (!hasMessage(thrown)) return undefined;
  const name = clean(nameOf(thrown));
  const message = clean(thrown.message);
  const stack = "stack" in thrown && typeof thrown.stack === "string" ? clean(thrown.stack) : `${name}: ${message}`;
  const nested = "cause" in thrown && depth < MAX_CAUSES ? sanitizedCause(thrown.cause, clean, depth + 1) : undefined;
  if (isClean(thrown, { name, message, stack, nested })) return thrown;
  const copy = new Error(message, nested === undefined ? undefined : { cause: nested });
  for (const [key, value] of Object.entries({ name, stack }))
    Object.defineProperty(copy, key, { value, configurable: true, writable: true });
  sanitized.add(copy);
  return copy;
}

/** Whether an error is such a copy already, and contains no secret that became known later. */
function isClean(
  thrown: object,
  { name, message, stack, nested }: { name: string; message: string; stack: string; nested: Error | undefined },
): thrown is Error {
  // Only this module adds to the set, and only instances of this realm's `Error`.
  if (!sanitized.has(thrown as Error)) return false;
  const copy = thrown as Error;
  return copy.name === name && copy.message === message && copy.stack === stack && copy.cause === nested;
}

function hasMessage(thrown: unknown): thrown is { message: string } {
  return typeof thrown === "object" && thrown !== null && "message" in thrown && typeof thrown.message === "string";
}

function nameOf(thrown: object): string {
  return "name" in thrown && typeof thrown.name === "string" ? thrown.name : "Error";
}
