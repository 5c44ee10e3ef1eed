import type { z } from "zod";

/** The beginnings of the messages that zod writes. A schema may have its own message, which is already a rule. */
const DEFAULT_MESSAGE = /^(?:Invalid|Too (?:small|big))/;

/** The rule for each of the types that zod names. */
const TYPES: Partial<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "an integer",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  date: "a valid Date",
  function: "a function",
};

/** Returns the rule that a value breaks, such as "must be at least 1". It never shows the value. */
export function ruleOf(issue: z.core.$ZodIssue): string {
  if (!DEFAULT_MESSAGE.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type": {
      if (issue.message.endsWith("received undefined")) return "is missing";
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    }
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    case "too_small":
      return limitOf(issue.origin, issue.minimum, issue.inclusive === false ? "more than" : "at least");
    case "too_big":
      return limitOf(issue.origin, issue.maximum, issue.inclusive === false ? "less than" : "at most");
    default:
      return "is not valid";
  }
}

function limitOf(origin: string, limit: number | bigint, comparison: string): string {
  if (origin === "string")
    return limit === 1 && comparison === "at least"
      ? "must not be empty"
      : `must have ${comparison} ${limit} characters`;
  if (origin === "array" || origin === "set")
    return `must have ${comparison} ${limit} ${limit === 1 ? "entry" : "entries"}`;
  return `must be ${comparison} ${limit}`;
}

/**
 * Adds the issues of a value to those of the value that contains it.
 * @param error undefined where the value is valid.
 * @param path where the value is in the other one.
 */
export function addIssues(
  context: z.core.ParsePayload,
  error: z.ZodError | undefined,
  path: readonly PropertyKey[] = [],
): void {
  for (const issue of error?.issues ?? [])
    context.issues.push({ code: "custom", path: [...path, ...issue.path], message: ruleOf(issue), input: undefined });
}
