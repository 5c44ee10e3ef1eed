const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * Makes an object print as the given line, with `util.inspect` and in JSON, at any depth and with any options. Its contents must not be logged. Returns the same
 * object.
 */
export function redactInspection<Printed extends object>(object: Printed, text: () => string): Printed {
  return Object.defineProperties(object, { [INSPECT]: { value: text }, toJSON: { value: text } });
}
