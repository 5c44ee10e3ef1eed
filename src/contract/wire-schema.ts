import { z } from "zod";

/**
 * The schemas of rows are built from plain functions, each of which parses one value. A function defines the output type, the check that reports a wrong
 * field, and a fast path for valid values, which nearly every response and row takes. zod runs the function first. Where it returns `z.INVALID`, zod parses the
 * value again with the schema, to find the issues. The fast path also saves memory: zod's own parser keeps references to parsed values for a while, to detect
 * cycles, so whole pages of rows would stay in memory.
 */

/** Parses a value. Returns `z.INVALID` where the value is not valid. */
export type Reader<Out> = (value: unknown) => Out | typeof z.INVALID;

/** The fast function of each schema that is made here. */
const readers = new WeakMap<z.ZodType, Reader<unknown>>();

/** Returns a schema that parses by a fast function. The schema and the function must agree on every value. */
function readBy<Schema extends z.ZodType>(schema: Schema, read: Reader<z.output<Schema>>): Schema {
  const quick = z.withParser(schema, read);
  readers.set(quick, read);
  return quick;
}

/** Returns the fast function of a schema, or one that calls zod where the schema was not made here. */
function readerOf<Schema extends z.ZodType>(schema: Schema): Reader<z.output<Schema>> {
  const own = readers.get(schema) as Reader<z.output<Schema>> | undefined;
  const byZod: Reader<z.output<Schema>> = (value) => {
    const read = schema.safeParse(value);
    return read.success ? read.data : z.INVALID;
  };
  return own ?? byZod;
}

/**
 * Makes a schema from a function that parses a value.
 * @param expected the valid values, as a noun phrase. The error message is "expected …".
 */
export function wireValue<Out>(expected: string, read: Reader<Out>): z.ZodType<Out> {
  return readBy(mappedSchema(z.unknown().optional(), expected, read, []), read);
}

/**
 * Makes a schema that maps the output of another schema. `map` may return `z.INVALID`.
 * @param expected the valid values, as a noun phrase. The error message is "expected …".
 * @param path the path within the value of the field that the issue names. Default: the value itself.
 */
export function wireMapped<Schema extends z.ZodType, Out>(
  schema: Schema,
  expected: string,
  map: (value: z.output<Schema>) => Out | typeof z.INVALID,
  path: string[] = [],
): z.ZodType<Out> {
  const read = readerOf(schema);
  return readBy(mappedSchema(schema, expected, map, path), (value) => {
    const inner = read(value);
    return inner === z.INVALID ? z.INVALID : map(inner);
  });
}

/** Returns the schema that reports a value which `map` refuses. */
function mappedSchema<Schema extends z.ZodType, Out>(
  schema: Schema,
  expected: string,
  map: (value: z.output<Schema>) => Out | typeof z.INVALID,
  path: string[],
): z.ZodType<Out> {
  return schema.transform((value, context) => {
    const out = map(value);
    if (out !== z.INVALID) return out;
    context.issues.push({ code: "custom", message: `expected ${expected}`, path: [...path], input: undefined });
    return z.NEVER;
  });
}

/** Makes a schema that refuses null, for a schema that reads an absent value as null. */
export function wireRequired<Out>(schema: z.ZodType<Out | null>, expected: string): z.ZodType<Out> {
  return wireMapped(schema, expected, (value) => value ?? z.INVALID);
}

/** Makes a schema that returns null for every value that another schema refuses. */
export function wireOrNull<Out>(schema: z.ZodType<Out>): z.ZodType<Out | null> {
  const read = readerOf(schema);
  return wireValue("anything", (value): Out | null => {
    const out = read(value);
    return out === z.INVALID ? null : out;
  });
}

/**
 * Makes a schema for an optional part. A missing value stays undefined. Null, an empty text and an empty list become null, because some vendors write an empty
 * list for any empty value.
 */
export function wireOptional<Schema extends z.ZodType>(schema: Schema) {
  const read = readerOf(schema);
  const isNothing = (value: unknown) => value === null || value === "" || (Array.isArray(value) && value.length === 0);
  const optional = z.preprocess((value) => (isNothing(value) ? null : value), schema.nullable()).optional();
  return readBy(optional, (value) => (value === undefined ? undefined : isNothing(value) ? null : read(value)));
}

/** Makes a schema that parses a value after `before` has converted it. */
export function wirePreprocess<Schema extends z.ZodType>(before: (value: unknown) => unknown, schema: Schema) {
  const read = readerOf(schema);
  return readBy(z.preprocess(before, schema), (value) => read(before(value)));
}

/** Makes a schema for a list. Every member must be valid. */
export function wireList<Schema extends z.ZodType>(schema: Schema) {
  const read = readerOf(schema);
  return readBy(z.array(schema), (value) => {
    if (!Array.isArray(value)) return z.INVALID;
    const list: z.output<Schema>[] = [];
    for (const member of value as unknown[]) {
      const out = read(member);
      if (out === z.INVALID) return z.INVALID;
      list.push(out);
    }
    return list;
  });
}

/** Makes a schema for an object with the given fields. Other fields are left out. */
export function wireObject<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const schema = z.object(shape);
  const fields = Object.entries(shape).map(([name, field]) => ({ name, read: readerOf(field) }));
  // A copy of it has room for all fields, so that no field is added later, which is slow.
  const blank = Object.fromEntries(fields.map(({ name }) => [name, undefined]));
  return readBy(schema, (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return z.INVALID;
    const row = value as Readonly<Record<string, unknown>>;
    const out: Record<string, unknown> = { ...blank };
    for (const { name, read } of fields) {
      const field = read(row[name]);
      if (field === z.INVALID) return z.INVALID;
      out[name] = field;
    }
    return out as z.output<typeof schema>;
  });
}
