import type { z } from "zod";
import type { SchemaFault } from "./schema-fault.js";
import type { TimeFault } from "./time-check.js";

type Path = readonly PropertyKey[];

/** A row as a schema reads it. */
export interface FieldsRead<Row> {
  row: Row;
  /** What the schema read: the vendor's row; a copy without what the schema does not accept, where there is any. */
  written: unknown;
  /** The fields of what was left out. */
  faults: readonly TimeFault[];
}

const NO_FAULTS: readonly TimeFault[] = [];

/**
 * Reads a row by its schema. What the schema does not accept, and can do without, is read as null, or as absent; a member of a list is left out. What it
 * cannot do without is its own to say: a field that it accepts as null or absent is one that a row may lack.
 * @returns or the fault of a row that cannot be read.
 */
export function readFields<Row>(
  schema: z.ZodType<Row>,
  raw: unknown,
): { read: FieldsRead<Row>; fault: null } | { read: null; fault: SchemaFault } {
  const first = schema.safeParse(raw);
  if (first.success) return { read: { row: first.data, written: raw, faults: NO_FAULTS }, fault: null };
  const copy = copyOf(raw);
  const told = new Map<string, SchemaFault["issues"][number]>();
  for (let { issues } = first.error; ;) {
    const shortened = new Set<unknown[]>();
    for (const issue of issues) {
      const name = nameOf(issue.path);
      const known = told.get(name);
      if (known === undefined) told.set(name, issue);
      if (!leaveOut(copy, issue.path, shortened)) return { read: null, fault: { issues: [known ?? issue] } };
    }
    // After all are marked, as their places would change.
    for (const list of shortened) list.splice(0, list.length, ...list.filter((member) => member !== LEFT_OUT));
    const again = schema.safeParse(copy);
    if (again.success)
      return { read: { row: again.data, written: copy, faults: [...told.values()].map(faultOf) }, fault: null };
    issues = again.error.issues;
  }
}

const LEFT_OUT = Symbol("left out");

/** Makes the value at a path null; where it is null already, leaves it out; where it is not there, does so with what it would be in. False for the row as a whole. */
function leaveOut(copy: unknown, path: Path, shortened: Set<unknown[]>): boolean {
  const name = path.at(-1);
  if (name === undefined) return false;
  const holder = path.slice(0, -1).reduce<unknown>((value, step) => own(value, step), copy);
  const value = own(holder, name);
  if (value === LEFT_OUT) return true;
  if (value === undefined) return leaveOut(copy, path.slice(0, -1), shortened);
  if (value !== null)
    Object.defineProperty(holder, name, { value: null, writable: true, enumerable: true, configurable: true });
  else if (Array.isArray(holder)) {
    holder[Number(name)] = LEFT_OUT;
    shortened.add(holder);
  } else Reflect.deleteProperty(holder as object, name);
  return true;
}

function own(value: unknown, name: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<PropertyKey, unknown>)[name]
    : undefined;
}

/** A copy of JSON, of which the depth has been checked. */
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
