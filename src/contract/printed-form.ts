const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * Makes an object print as one line of our choice, at whatever depth and with whatever options it is inspected: what it holds inside is not
 * for logs. The object is otherwise unchanged.
 */
export function printedAs<Printed extends object>(object: Printed, text: () => string): Printed {
  return Object.defineProperty(object, INSPECT, { value: text });
}
