/** Whether a value that a JavaScript caller passed can be read. A text is an iterable too, but not of calls. */
export function isIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
