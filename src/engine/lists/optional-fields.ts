import type { z } from "zod";
import type { SchemaFault } from "./schema-fault.js";
import type { TimeFault } from "./time-check.js";

type Path = readonly PropertyKey[];

/** A row as a schema reads it. */
export interface FieldsRead<Row> {
  row: Row;
  /** The input of the schema: the vendor's row, or a copy without the values that the schema does not accept. */
  written: unknown;
  /** The faults of the omitted values. */
  faults: readonly TimeFault[];
}

const NO_FAULTS: readonly TimeFault[] = [];

/**
 * Reads a row by its schema. A value that the schema does not accept is read as null or absent, and a list member is omitted. The schema defines which
 * fields are optional: those that it accepts as null or absent.
 * @returns the row, or the fault of a row that cannot be read.
 */
export function readFields<Row>(
  schema: z.ZodType<Row>,
  raw: unknown,
): { read: FieldsRead<Row>; fault: null } | { read: null; fault: SchemaFault } {
  const first = schema.safeParse(raw);
  if (first.success) return { read: { row: first.data, written: raw, faults: NO_FAULTS }, fault: null };
  const copy = copyOf(raw);
  const reported = new Map<string, SchemaFault["issues"][number]>();
  for (let { issues } = first.error; ;) {
    const shortened = new Set<unknown[]>();
    for (const issue of issues) {
      const name = nameOf(issue.path);
      const known = reported.get(name);
      if (known === undefined) reported.set(name, issue);
      if (!omit(copy, issue.path, shortened)) return { read: null, fault: { issues: [known ?? issue] } };
    }
    // Lists are shortened after all members are marked, because their indexes would change.
    for (const list of shortened) list.splice(0, list.length, ...list.filter((member) => member !== OMITTED));
    const retry = schema.safeParse(copy);
    if (retry.success)
      return { read: { row: retry.data, written: copy, faults: [...reported.values()].map(faultOf) }, fault: null };
    issues = retry.error.issues;
  }
}

const OMITTED = Symbol("omitted");

/** Sets the value at a path to null. A null value is removed. If the value is missing, its parent is handled in the same way. Returns false for the row itself. */
function omit(copy: unknown, path: Path, shortened: Set<unknown[]>): boolean {
  const name = path.at(-1);
  if (name === undefined) return false;
  const holder = path.slice(0, -1).reduce<unknown>((value, step) => own(value, step), copy);
  const value = own(holder, name);
  if (value === OMITTED) return true;
  if (value === undefined) return omit(copy, path.slice(0, -1), shortened);
  if (value !== null)
    Object.defineProperty(holder, name, { value: null, writable: true, enumerable: true, configurable: true });
  else if (Array.isArray(holder)) {
    holder[Number(name)] = OMITTED;
    shortened.add(holder);
  } else Reflect.deleteProperty(holder as object, name);
  return true;
}

function own(value: unknown, name: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<PropertyKey, unknown>)[name]
    : undefined;
}

/** A copy of JSON whose depth was checked. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)]));
}

function nameOf(path: Path): string {
  return path.map(String).join(".");
}

function faultOf({ path, message }: SchemaFault["issues"][number]): TimeFault {
  const declared = path.reduce<string>(
    (name, step) => (typeof step === "number" ? `${name}[]` : name === "" ? String(step) : `${name}.${String(step)}`),
    "",
  );
  return { path: declared, field: nameOf(path), rule: `is not what the vendor documents: ${message}` };
}
