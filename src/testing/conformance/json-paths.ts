/** Where in a JSON value something stands. */
export type JsonPath = readonly (string | number)[];

/** Something within a JSON value. */
export interface JsonEntry {
  path: JsonPath;
  value: unknown;
}

/** Every place within a JSON value, outermost first; not the value itself. */
export function nestedEntries(value: unknown, path: JsonPath = []): JsonEntry[] {
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([name, inner]) => [
    { path: [...path, name], value: inner },
    ...nestedEntries(inner, [...path, name]),
  ]);
}

/** Stands for nothing at all: the key is left out, the list's member too. */
export const ABSENT = Symbol("absent");

/** The value with something else at one place. */
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

/** A place as a message shows it. */
export function formatPath(path: JsonPath): string {
  return path.length === 0 ? "(the whole)" : path.join(".");
}
