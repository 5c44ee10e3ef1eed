/** The path to a value within a JSON value. */
export type JsonPath = readonly (string | number)[];

/** A value within a JSON value. */
export interface JsonEntry {
  path: JsonPath;
  value: unknown;
}

/** Returns every value within a JSON value, outermost first, without the value itself. */
export function nestedEntries(value: unknown, path: JsonPath = []): JsonEntry[] {
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([name, inner]) => [
    { path: [...path, name], value: inner },
    ...nestedEntries(inner, [...path, name]),
  ]);
}

/** Represents an absent value: the key, or the list's member, is removed. */
export const ABSENT = Symbol("absent");

/** Returns a copy with another value at one path. */
export function withReplaced(value: unknown, path: JsonPath, replacement: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return replacement;
  const replace = (inner: unknown) => withReplaced(inner, rest, replacement);
  if (Array.isArray(value)) {
    return value
      .map((inner: unknown, index) => (index === name ? replace(inner) : inner))
      .filter((inner) => inner !== ABSENT);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]: [string, unknown]) => [key, key === name ? replace(inner) : inner])
      .filter(([, inner]) => inner !== ABSENT),
  );
}

/** Returns a path in the format of messages. */
export function formatPath(path: JsonPath): string {
  return path.length === 0 ? "(the whole value)" : path.join(".");
}
