import { z } from "zod";

/**
 * How the schemas of rows are made: of plain functions, each of which reads one value. Of a function come the type of what is read, the check
 * that names what is wrong, and a quick way for what is right, which nearly every answer and row takes: zod installs it, and where it answers
 * `z.INVALID`, reads the value once more by itself to tell why. (What zod reads by itself it also remembers for a while, against circles: whole
 * pages of rows then outlive their use.)
 */

/** Reads a value; `z.INVALID` where it means nothing. */
export type Reader<Out> = (value: unknown) => Out | typeof z.INVALID;

/** The functions by which the schemas made here read. */
const readers = new WeakMap<z.ZodType, Reader<unknown>>();

/** The schema, which from now on reads by a function. The two must agree on every value. */
function readBy<Schema extends z.ZodType>(schema: Schema, read: Reader<z.output<Schema>>): Schema {
  const quick = z.withParser(schema, read);
  readers.set(quick, read);
  return quick;
}

/** The function by which a schema reads: its own, or zod's where it was not made here. */
function readerOf<Schema extends z.ZodType>(schema: Schema): Reader<z.output<Schema>> {
  const own = readers.get(schema) as Reader<z.output<Schema>> | undefined;
  const byZod: Reader<z.output<Schema>> = (value) => {
    const read = schema.safeParse(value);
    return read.success ? read.data : z.INVALID;
  };
  return own ?? byZod;
}

const anything = readBy(z.unknown().optional(), (value) => value);

/** A value. @param expected what should be there, for the message where something else is. */
export function wireValue<Out>(expected: string, read: Reader<Out>): z.ZodType<Out> {
  return wireMapped(anything, expected, read);
}

/** What another schema reads, made into something else. @param path of the field that the message is to name, where it is one within the value. */
export function wireMapped<Schema extends z.ZodType, Out>(
  schema: Schema,
  expected: string,
  map: (value: z.output<Schema>) => Out | typeof z.INVALID,
  path: string[] = [],
): z.ZodType<Out> {
  const read = readerOf(schema);
  const mapped: z.ZodType<Out> = schema.transform((value, context) => {
    const out = map(value);
    if (out !== z.INVALID) return out;
    context.issues.push({ code: "custom", message: `expected ${expected}`, path: [...path], input: undefined });
    return z.NEVER;
  });
  return readBy(mapped, (value) => {
    const inner = read(value);
    return inner === z.INVALID ? z.INVALID : map(inner);
  });
}

/** A value that must be there, of a schema that reads what is absent as null. */
export function wireRequired<Out>(schema: z.ZodType<Out | null>, expected: string): z.ZodType<Out> {
  return wireMapped(schema, expected, (value) => value ?? z.INVALID);
}

/** What another schema reads; null for whatever it refuses. */
export function wireOrNull<Out>(schema: z.ZodType<Out>): z.ZodType<Out | null> {
  const read = readerOf(schema);
  return wireValue("anything", (value): Out | null => {
    const out = read(value);
    return out === z.INVALID ? null : out;
  });
}

/** A part that may be absent: missing, null, an empty text, or the empty list that some vendors write for any empty thing. */
export function wireOptional<Schema extends z.ZodType>(schema: Schema) {
  const read = readerOf(schema);
  const isNothing = (value: unknown) => value === null || value === "" || (Array.isArray(value) && value.length === 0);
  const optional = z.preprocess((value) => (isNothing(value) ? null : value), schema.nullable()).optional();
  return readBy(optional, (value) => (value === undefined ? undefined : isNothing(value) ? null : read(value)));
}

/** What a schema reads of a value that is made into another before. */
export function wirePreprocess<Schema extends z.ZodType>(before: (value: unknown) => unknown, schema: Schema) {
  const read = readerOf(schema);
  return readBy(z.preprocess(before, schema), (value) => read(before(value)));
}

/** A list of which every member must be readable. */
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

/** An object of values by their names. Others that the vendor adds are left out. */
export function wireObject<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const schema = z.object(shape);
  // Where code may not be made of text, zod reads all by itself.
  if (!z.core.util.allowsEval.value) return schema;
  type Out = z.output<typeof schema>;
  let compiled: Reader<Out> | null = null;
  const read: Reader<Out> = (value) => (compiled ??= compile<Out>(shape))(value);
  return readBy(schema, read);
}

/**
 * As zod does for its own objects: a program that names the fields is several times as fast as a loop over their names, and rows are what
 * there is most of.
 */
function compile<Out>(shape: Record<string, z.ZodType>): Reader<Out> {
  const fields = Object.entries(shape).map(([name, schema], index) => ({
    name: JSON.stringify(name),
    value: `value${index}`,
    read: `read${index}`,
    reader: readerOf(schema),
  }));
  const program = `return (row) => {
    if (typeof row !== "object" || row === null || Array.isArray(row)) return INVALID;
    ${fields.map(({ name, value, read }) => `const ${value} = ${read}(row[${name}]); if (${value} === INVALID) return INVALID;`).join("\n")}
    return { ${fields.map(({ name, value }) => `${name}: ${value}`).join(", ")} };
  };`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- of names that an adapter's author wrote, quoted
  return new Function("INVALID", ...fields.map(({ read }) => read), program)(
    z.INVALID,
    ...fields.map(({ reader }) => reader),
  ) as Reader<Out>;
}
