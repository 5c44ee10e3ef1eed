import type { BuiltInProvider } from "../vendors.js";
import { UsageError } from "./usage-error.js";

/**
 * The vendors' own filters by provider id, from `provider.key=value`. What the vendor's filter takes decides whether a value is a text, a number or a
 * list of such, in which commas divide.
 * @throws UsageError when one has another form, is given twice, or is of a provider without an account. What no filter takes is left to the client to refuse.
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
        `--filter: no account of "${id}" is configured. There are ${[...new Set(providers.map((one) => one.id))].join(", ")}.`,
      );
    const ofProvider = (filters[id] ??= {});
    if (Object.hasOwn(ofProvider, key))
      throw new UsageError(
        `--filter ${id}.${key} is given twice. Where it takes several values, write them with commas: ${id}.${key}=1,2.`,
      );
    const names = Object.keys(provider.operations.records.filters.shape);
    if (!names.includes(key))
      throw new UsageError(`--filter: ${id} has no filter "${key}". It has ${names.join(", ")}.`);
    const accepts = (candidate: unknown) => provider.operations.records.filters.safeParse({ [key]: candidate }).success;
    ofProvider[key] = candidatesOf(value).find(accepts) ?? value;
  }
  return filters;
}

/** All that a text may mean, the plainest first. */
function candidatesOf(text: string): unknown[] {
  const parts = text.split(",").map((part) => part.trim());
  return [text, toNumber(text), parts, parts.map(toNumber)];
}

function toNumber(text: string): number | string {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
