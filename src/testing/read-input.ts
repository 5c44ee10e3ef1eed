import type { z } from "zod";
import { parseOptions } from "../adapter.js";
import { ConfigurationError } from "../index.js";
import { isDate } from "./is-date.js";
import { kindOf } from "./plain-object.js";

/**
 * Parses the options of a tool for tests. A wrong option is a `RangeError`, because a test that expects an error of the library must not take a mistake in its
 * own setup for it.
 * @param owner the function that takes the options. The message of an error begins with it.
 * @throws RangeError naming each wrong option and its rule.
 */
export function readInput<Schema extends z.ZodType>(owner: string, schema: Schema, input: unknown): z.output<Schema> {
  if (typeof input !== "object" || input === null) throw new RangeError(`${owner}: the options must be an object.`);
  if (isDate(input) || Symbol.iterator in input)
    throw new RangeError(`${owner}: the options must be an object with these fields, not ${kindOf(input)}.`);
  try {
    return parseOptions(owner, schema, input);
  } catch (error) {
    throw error instanceof ConfigurationError ? new RangeError(error.message) : error;
  }
}
