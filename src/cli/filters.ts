import type { z } from "zod";
import { ruleOf } from "../contract/rule-of.js";
import type { BuiltInProvider } from "../vendors.js";
import { UsageError } from "./exit-code.js";

/**
 * Returns the vendors' own filters by provider id, from texts of the form `provider.key=value`. The schema of the filter determines whether a value is a text,
 * a number or a comma-separated list.
 * @throws UsageError if a text has another form, if a filter is given twice, if its provider has no account, or if its schema refuses the value.
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
    const schema = provider.operations.records.filters;
    const names = Object.keys(schema.shape);
    if (!names.includes(key))
      throw new UsageError(`--filter: ${id} has no filter "${key}". Its filters are ${names.join(", ")}.`);
    const results = candidatesOf(value).map((candidate) => ({
      candidate,
      error: schema.safeParse({ [key]: candidate }).error,
    }));
    const accepted = results.find(({ error }) => error === undefined);
    if (accepted === undefined)
      throw new UsageError(`--filter ${id}.${key}: "${value}" is refused: ${ruleIn(results)}.`);
    ofProvider[key] = accepted.candidate;
  }
  return filters;
}

/** Returns the rule that the value breaks. Of a list, the rule of its items says more than the rule that it must be a list. */
function ruleIn(results: readonly { error: z.ZodError | undefined }[]): string {
  const issues = results.flatMap(({ error }) => error?.issues ?? []);
  const deepest = Math.max(...issues.map(({ path }) => path.length));
  const issue = issues.find(({ path }) => path.length === deepest);
  return issue === undefined ? "the value is not valid" : ruleOf(issue);
}

/** Returns the possible values of a text, the simplest first. */
function candidatesOf(text: string): unknown[] {
  const parts = text.split(",").map((part) => part.trim());
  return [text, toNumber(text), parts, parts.map(toNumber)];
}

function toNumber(text: string): number | string {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
