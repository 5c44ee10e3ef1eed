import type { z } from "zod";
import { ConfigurationError } from "../model/errors.js";
import { ruleOf } from "./rule-of.js";

/**
 * Parses options by their schema.
 * @param owner the function or class that takes the options. The message of an error begins with it.
 * @throws ConfigurationError naming each wrong option and its rule, and never a value.
 */
export function parseOptions<Schema extends z.ZodType>(
  owner: string,
  schema: Schema,
  options: unknown,
  provider: string | null = null,
): z.output<Schema> {
  const result = schema.safeParse(options ?? {});
  if (result.success) return result.data;
  throw new ConfigurationError(`${owner}: ${describeIssues(result.error, "option")}.`, { provider });
}

/** Returns the issues of an input, field by field. Values are never shown, because they may be secrets. */
export function describeIssues(error: z.ZodError, noun: string): string {
  return error.issues.map((issue) => describeIssue(issue, noun)).join("; ");
}

function describeIssue(issue: z.core.$ZodIssue, noun: string): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => `\`${path === "" ? key : `${path}.${key}`}\``).join(", ");
    return `unknown ${noun} ${names}`;
  }
  const rule = ruleOf(issue);
  return path === "" ? rule : `${noun} \`${path}\`: ${rule}`;
}
