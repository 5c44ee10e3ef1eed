import { z } from "zod";
import { describeIssues } from "../contract/parse-options.js";
import { signalSchema } from "../contract/signal-schema.js";
import { parseIso } from "../contract/zone.js";
import type { Span } from "../engine/lists/intervals.js";
import { RequestError } from "../model/errors.js";
import { dateSchema } from "../model/instant.js";

/** Arguments of the operations that send requests. `probe` takes only some of them. */
export interface PolicyArguments {
  /** Aborts the operation: it throws an `AbortedError` at once, and sends no further request. Any object with the interface of `AbortSignal` is accepted. */
  signal?: AbortSignal | undefined;
  /** Time limit of the whole operation in milliseconds. Time in which the library waits for your code does not count. Default: no limit. */
  totalTimeoutMs?: number | undefined;
  /**
   * `false` (default): the first failure cancels the operation and is thrown. `true`: a window that fails becomes a gap, and if an account fails, the others
   * continue. The report contains the first failure of each account.
   *
   * An account fails when its credentials are rejected. It also fails when three consecutive windows receive no response, and one of them is far from the others.
   */
  isolateFailures?: boolean | undefined;
  /** Action when the range begins before the vendor's retention. `throw` (default): throw a `RetentionError`. `clip`: read the rest, and report a gap. */
  beforeRetention?: "throw" | "clip" | undefined;
  /** Action when a row cannot be parsed. `throw` (default): throw a `ResponseError`. `report`: skip it, emit a warning, count it, and report a gap. */
  unreadableRows?: "throw" | "report" | undefined;
}

/** Default arguments for every call of a client. An argument of a single call overrides its default, unless it is undefined. */
export type DefaultArguments = Omit<PolicyArguments, "signal">;

/** The half-open range `[from, to)`. `day` and `month` return the range of a calendar day or month. */
export interface RangeArguments {
  /** The earliest start of a call: a `Date`, or ISO 8601 **with** an offset or `Z`, such as `2026-11-01T00:00:00+08:00`. */
  from: Date | string;
  /** The end of the range, exclusive, in the same formats. It must be later than `from`. */
  to: Date | string;
}

/** Selects accounts. */
export interface AccountsArgument {
  /** Labels of the accounts, at least one. Default: all accounts of the client. */
  accounts?: readonly string[] | undefined;
}

/** Selects one account. */
export interface AccountArgument {
  /** Label of the account, as configured. */
  account: string;
}

export const instantSchema = z
  .union([dateSchema, z.string()], "must be a Date, or an ISO 8601 string with an offset or Z")
  .transform((value, context) => {
    const read = typeof value === "string" ? parseIso(value) : value.getTime();
    if (read !== null && !Number.isNaN(read)) return read;
    context.issues.push({
      code: "custom",
      message: "must be a Date, or an ISO 8601 string with an offset or Z, such as 2026-11-01T00:00:00+08:00",
      input: undefined,
    });
    return z.NEVER;
  });

/** Fields of an argument schema: the policy. */
export const policyFields = {
  signal: signalSchema.optional(),
  totalTimeoutMs: z
    .number()
    .positive()
    .max(2 ** 31 - 1)
    .optional(),
  isolateFailures: z.boolean().default(false),
  beforeRetention: z.enum(["throw", "clip"]).default("throw"),
  unreadableRows: z.enum(["throw", "report"]).default("throw"),
};

/** Fields of an argument schema: the accounts. */
export const accountsFields = { accounts: z.array(z.string()).min(1, "must name at least one account").optional() };

/** Fields of an argument schema: the range. */
export const rangeFields = { from: instantSchema, to: instantSchema };

/** The schema of the default arguments. A default that is not given is that of the operation. */
export const defaultArgumentsSchema = z.strictObject(policyFields).omit({ signal: true }).partial();

/** Returns the arguments, with the defaults for those that the schema accepts and that are missing. A value that is not an object is returned unchanged. */
export function withDefaults(schema: z.ZodObject, args: unknown, defaults: DefaultArguments): unknown {
  if (args !== undefined && (typeof args !== "object" || args === null)) return args;
  const given = Object.entries(args ?? {}).filter(([, value]) => value !== undefined);
  const accepted = Object.entries(defaults).filter(([name]) => Object.hasOwn(schema.shape, name));
  return { ...Object.fromEntries(accepted), ...Object.fromEntries(given) };
}

/** A function that is called with a report. */
export function callbackSchema<Report>() {
  return z.custom<(report: Report) => void>((value) => typeof value === "function", "must be a function");
}

/** The argument `client` of a function that uses some of a client's methods. Any object that has them is accepted. */
export function clientSchema<Client extends object>(...methods: (keyof Client & string)[]) {
  return z.object({
    client: z.custom<Client>(
      (value) => typeof value === "object" && value !== null && methods.every((name) => name in value),
      "must be a CallRecordsClient",
    ),
  });
}

/**
 * Parses the arguments of an operation.
 * @param operation name of the client's method, for the message.
 * @throws RequestError that names each invalid argument and its rule.
 */
export function readArguments<Schema extends z.ZodType>(
  operation: string,
  schema: Schema,
  args: unknown,
): z.output<Schema> {
  const result = schema.safeParse(args === undefined ? {} : args);
  if (result.success) return result.data;
  throw new RequestError(`${operation}: ${describeIssues(result.error, "argument")}.`);
}

/** Returns the range. @throws RequestError when it is empty or reversed. */
export function readRange(operation: string, { from, to }: Span): Span {
  if (from < to) return { from, to };
  throw new RequestError(
    `${operation}: argument \`to\` must be later than \`from\`: the range [from, to) is ${from === to ? "empty" : "reversed"}.`,
  );
}

/** Returns the error for an account that a client does not have. @param known the labels of its accounts. */
export function unknownAccount(operation: string, account: string, known: readonly string[]): RequestError {
  const labels = known.map((label) => `\`${label}\``).join(", ");
  return new RequestError(`${operation}: there is no account \`${account}\`. The accounts are ${labels}.`);
}
