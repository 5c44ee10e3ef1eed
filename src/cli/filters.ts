import type { BuiltInProvider } from "../vendors.js";
import { UsageError } from "./exit-code.js";

/**
 * Returns the vendors' own filters by provider id, from texts of the form `provider.key=value`. The schema of the filter determines whether a value is a text,
 * a number or a comma-separated list.
 * @throws UsageError if a text has another form, if a filter is given twice, or if its provider has no account. The client rejects invalid values.
 */
export function readFilters(
  texts: readonly string[],
  providers: readonly BuiltInProvider[],
): Record<string, Record<string, unknown>> {
  const filters: Record<string, Record<string, unknown>> = {};
  for (const text of texts) {
    const [, id, key, value] = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(text) ?? [];
    if (id === undefined || key === undefined || value === undefined) {
      throw new UsageError(
        `--filter must have the form provider.key=value, such as huawei-cec.taskType=3, not "${text}".`,
      );
    }
    const provider = providers.find((one) => one.id === id);
    if (provider === undefined)
      throw new UsageError(
        `--filter: no account of "${id}" is configured. Configured: ${[...new Set(providers.map((one) => one.id))].join(", ")}.`,
      );
    const ofProvider = (filters[id] ??= {});
    if (Object.hasOwn(ofProvider, key))
      throw new UsageError(
        `--filter ${id}.${key} is given twice. Separate several values with commas: ${id}.${key}=1,2.`,
      );
    const names = Object.keys(provider.operations.records.filters.shape);
    if (!names.includes(key))
      throw new UsageError(`--filter: ${id} has no filter "${key}". Its filters are ${names.join(", ")}.`);
    const accepts = (candidate: unknown) => provider.operations.records.filters.safeParse({ [key]: candidate }).success;
    ofProvider[key] = candidatesOf(value).find(accepts) ?? value;
  }
  return filters;
}

/** Returns the possible values of a text, the simplest first. */
function candidatesOf(text: string): unknown[] {
  const parts = text.split(",").map((part) => part.trim());
  return [text, toNumber(text), parts, parts.map(toNumber)];
}

function toNumber(text: string): number | string {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
