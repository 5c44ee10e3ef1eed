/** The names of an object's fields. */
export type Names<Fields> = Readonly<Record<keyof Fields, true>>;

/**
 * Refuses a misspelled name, which would otherwise have no effect.
 * @param owner the function or the option that has the fields, for the message.
 * @throws RangeError for a field that is not one of the names.
 */
export function refuseUnknown<Fields>(owner: string, given: object | undefined, names: Names<Fields>): void {
  const unknown = Object.keys(given ?? {}).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined)
    throw new RangeError(`${owner}: unknown option \`${unknown}\`. The options are ${Object.keys(names).join(", ")}.`);
}
