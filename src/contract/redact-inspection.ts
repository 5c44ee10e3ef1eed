const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * Makes an object print as the given line, also in JSON, at any depth and with any options, because its contents
 * must not be logged. The object is otherwise unchanged.
 */
export function redactInspection<Printed extends object>(object: Printed, text: () => string): Printed {
  return Object.defineProperties(object, { [INSPECT]: { value: text }, toJSON: { value: text } });
}
