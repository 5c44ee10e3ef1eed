import { z } from "zod";

/** A `Date`, which may be invalid. It is recognised by its methods, because a `Date` from another realm (as in Jest) is an instance of another class. */
export const dateSchema = z.custom<Date>(isDate, "must be a Date");

/** A `Date`, or its JSON form (ISO 8601 with an offset or `Z`), which becomes a `Date`. */
export const instantSchema = z.union(
  [
    dateSchema.refine((date) => !Number.isNaN(date.getTime()), "must be a valid Date"),
    z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  ],
  "must be a Date, or an ISO 8601 text with an offset or Z",
);

/** Whether a value is a `Date`, also of another realm. It may be invalid. */
export function isDate(value: unknown): value is Date {
  return (
    typeof value === "object" &&
    value !== null &&
    "getTime" in value &&
    typeof value.getTime === "function" &&
    "toISOString" in value
  );
}
