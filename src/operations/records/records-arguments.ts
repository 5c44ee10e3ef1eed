import { z } from "zod";
import { addIssues } from "../../contract/rule-of.js";
import type { Provider } from "../../contract/provider.js";
import { type Direction, directions, type Outcome, outcomes } from "../../model/call-record.js";
import { RequestError } from "../../model/errors.js";
import {
  type AccountsArgument,
  accountsFields,
  type PolicyArguments,
  policyFields,
  type RangeArguments,
  rangeFields,
  readArguments,
} from "../arguments.js";
import { isReformatted, type PhoneText, readPhoneText } from "../../contract/phone-text.js";

const orders = ["arrival", "time", "newest"] as const;

/** The order in which `records` delivers calls. */
export type Order = (typeof orders)[number];

/** Arguments of `records`, without the vendors' filters. */
export interface RecordsArguments extends RangeArguments, AccountsArgument, PolicyArguments {
  /** Selects the calls with this direction. Default: all calls. */
  direction?: Direction | undefined;
  /**
   * Selects the calls from or to this number, or one of these numbers. Numbers are compared, not texts: the national and the international format of one number match.
   * A number without a country code matches rows with the same number in the account's `defaultCountry` and in the row's own country. A number that
   * cannot be assigned to a country is compared by its digits, with a `warning` and a `numberWarning` in the report.
   */
  number?: string | readonly string[] | undefined;
  /** Selects the calls with this outcome, or one of these outcomes. Default: all calls. */
  outcome?: Outcome | readonly Outcome[] | undefined;
  /** Selects the calls of this agent, or one of these agents: by the id or the name of `agent`, or of the agent of a leg. Default: all calls. */
  agent?: string | readonly string[] | undefined;
  /** Selects the calls of this queue, or one of these queues, by its id or its name. Calls without a queue are left out. Default: all calls. */
  queue?: string | readonly string[] | undefined;
  /** Selects the calls with at least this number of seconds of talk. Calls with an unknown talk are left out. Default: all calls. */
  minTalkSeconds?: number | undefined;
  /**
   * Order of the calls. `arrival` (default): as pages arrive, with the least memory. `time`: by ascending `startedAt`, over all accounts. `newest`: by descending
   * `startedAt`, over all accounts. The newest windows are then read first, so the latest calls arrive after few requests.
   */
  order?: Order | undefined;
  /** Whether each record contains the vendor's row as `raw`. Default: true. */
  raw?: boolean | undefined;
}

/** The vendors' own filters, by provider id. */
export type ProviderFilters<Providers extends Provider> = {
  [Id in Providers["id"]]?: Extract<Providers, Provider<Id>> extends Provider<string, infer Filters>
    ? Partial<Filters>
    : never;
};

/** Arguments of `records`. */
export interface RecordsQuery<Providers extends Provider = Provider> extends RecordsArguments {
  /** The vendors' own filters, by provider id. `coverage` then applies only to the calls that pass the filter. */
  providerFilters?: ProviderFilters<Providers> | undefined;
}

const NUMBER_RULE =
  "must be a telephone number of 1 to 16 digits, which may have a leading +, separators, the prefix tel: and an extension; or a list of at least one number";
const REFORMATTED_RULE =
  "must contain every digit of the number: an exponent or decimals, as in 8.61839E+12 or 18392515977.0, show that a spreadsheet or another program has reformatted it. Format its column as text";

/** Reads one value, or a list of at least one. */
function oneOrMore<Value>(schema: z.ZodType<Value>) {
  const list = z.array(schema).min(1, "must contain at least one value");
  const one = schema.transform((value) => [value]);
  return z.unknown().transform((value, context): Value[] => {
    const { data = [], error } = Array.isArray(value) ? list.safeParse(value) : one.safeParse(value);
    addIssues(context, error);
    return data;
  });
}

/** Reads one number or a list of numbers. */
const numbersSchema = z.unknown().transform((value, context): PhoneText[] => {
  const isList = Array.isArray(value);
  const values: readonly unknown[] = isList ? value : [value];
  const numbers = values.flatMap((one, index) => {
    const text = typeof one === "string" ? readPhoneText(one) : null;
    const message = typeof one === "string" && isReformatted(one) ? REFORMATTED_RULE : NUMBER_RULE;
    if (text === null) context.issues.push({ code: "custom", path: isList ? [index] : [], message, input: undefined });
    return text ?? [];
  });
  if (values.length === 0) context.issues.push({ code: "custom", message: NUMBER_RULE, input: undefined });
  return numbers;
});

const names = oneOrMore(z.string().min(1, "must not be empty"));

export const recordsSchema = z.strictObject({
  ...rangeFields,
  ...accountsFields,
  ...policyFields,
  direction: z.enum(directions).optional(),
  number: numbersSchema.optional(),
  outcome: oneOrMore(z.enum(outcomes)).optional(),
  agent: names.optional(),
  queue: names.optional(),
  minTalkSeconds: z.number().nonnegative().optional(),
  order: z.enum(orders).default("arrival"),
  raw: z.boolean().default(true),
  providerFilters: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Parses the vendors' filters.
 * @param providers all providers of the client.
 * @returns the filters by provider id.
 * @throws RequestError when a filter is invalid, or no provider has this id.
 */
export function readFilters(
  filters: Readonly<Record<string, unknown>>,
  providers: readonly Provider[],
): Record<string, Record<string, unknown>> {
  const read: Record<string, Record<string, unknown>> = {};
  for (const [id, values] of Object.entries(filters)) {
    if (values === undefined) continue;
    const provider = providers.find((one) => one.id === id);
    if (provider === undefined)
      throw new RequestError(`records: argument \`providerFilters\`: no provider \`${id}\` is configured.`);
    read[id] = readArguments(
      `records: \`providerFilters\` of ${id}`,
      provider.operations.records.filters.strict(),
      values,
    );
  }
  return read;
}
