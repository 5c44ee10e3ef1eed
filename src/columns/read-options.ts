import { z } from "zod";
import { describeIssues } from "../contract/parse-options.js";
import { isTimeZone } from "../contract/zone.js";
import { RequestError } from "../model/errors.js";

export { signalSchema } from "../contract/signal-schema.js";

/** The schema of an option that is the IANA name of a time zone. */
export const timeZoneSchema = z.string().refine(isTimeZone, "must be an IANA time zone that this runtime supports");

/**
 * Reads the options of a function that takes calls.
 * @param owner the function, for the message.
 * @throws RequestError that names each invalid option and its rule.
 */
export function readOptions<Schema extends z.ZodType>(
  owner: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  throw new RequestError(`${owner}: ${describeIssues(read.error, "option")}.`);
}
