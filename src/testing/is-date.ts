/** Whether a value is a `Date`. It is recognised by its methods, because a `Date` from another realm (as in Jest) is an instance of another class. */
export function isDate(value: unknown): value is Date {
  return typeof value === "object" && value !== null && "getTime" in value && "toISOString" in value;
}
