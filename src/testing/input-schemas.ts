import { z } from "zod";
import { isDate } from "./is-date.js";
import { isPlainObject } from "./plain-object.js";

/** A valid `Date`, also one of another realm. */
export const dateSchema = z.custom<Date>(
  (value) => isDate(value) && !Number.isNaN(value.getTime()),
  "must be a valid Date",
);

/** A number of at least `min`. zod's own numbers are finite. */
export function atLeastOrInfinity(min: number) {
  return z.custom<number>(
    (value) => typeof value === "number" && value >= min,
    `must be a number of at least ${min}, or Infinity`,
  );
}

/** A whole number of at least `min`, or `Infinity`. */
export function wholeOrInfinity(min: number) {
  return z.custom<number>(
    (value) => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && Number(value) >= min),
    `must be a whole number of at least ${min}, or Infinity`,
  );
}

/** An object without a class, which a schema then reads. A `Map` or a `Date` would be read as an object without fields. */
export function plainObject<Schema extends z.ZodType<unknown, object>>(schema: Schema) {
  return z.custom<object>(isPlainObject, "must be a plain object").pipe(schema);
}

/** A function, which is returned unchanged. */
export function functionSchema<Value>() {
  return z.custom<Value>((value) => typeof value === "function", "must be a function");
}

/** An object with methods, which is returned unchanged. Its optional methods may be left out. */
export function withMethods<Service extends object>(
  required: readonly (keyof Service & string)[],
  optional: readonly (keyof Service & string)[] = [],
) {
  const rule = `must have the methods ${required.join(" and ")}`;
  const has = (value: object, name: string, absent: boolean) => {
    const method: unknown = Reflect.get(value, name);
    return typeof method === "function" || (absent && method === undefined);
  };
  return z.custom<Service>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      required.every((name) => has(value, name, false)) &&
      optional.every((name) => has(value, name, true)),
    optional.length === 0 ? rule : `${rule}, and may have ${optional.join(" and ")}`,
  );
}
