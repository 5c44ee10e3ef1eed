const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * Makes an object print as one line of our choice, and as that line in JSON, at whatever depth and with whatever options: what it holds
 * inside is not for logs. The object is otherwise unchanged.
 */
export function redactInspection<Printed extends object>(object: Printed, text: () => string): Printed {
  return Object.defineProperties(object, { [INSPECT]: { value: text }, toJSON: { value: text } });
}
