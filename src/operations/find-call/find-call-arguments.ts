import { z } from "zod";
import { describeIssues } from "../../contract/parse-options.js";
import { type FindCallOperation, findCallOperationsOf, type HistorySearch } from "../../contract/lookup.js";
import type { Provider } from "../../contract/provider.js";
import { RequestError } from "../../model/errors.js";
import type { Span } from "../../engine/lists/intervals.js";
import {
  type AccountArgument,
  instantSchema,
  type PolicyArguments,
  policyFields,
  readArguments,
  readRange,
} from "../arguments.js";

/** Arguments of `findCall`: the account, and the keys by which its vendor finds a call, such as {@link TencentCccKeys} or {@link HuaweiCecKeys}. */
export type FindCallQuery<Providers extends Provider = Provider> = PolicyArguments &
  AccountArgument &
  HistoryArguments &
  KeysOf<Providers>;

/** Limits the search of the history. Rejected for keys whose call is not searched for in the history, such as those of a call at an agent's desk. */
export interface HistoryArguments {
  /** The application in which to search for the call, as in the `application` of a record. Default: each application of the account. */
  application?: string | undefined;
  /**
   * The earliest start of the call, in the formats of the other ranges. Required for Itniotech, which has no filter by id. Default: as far back as the vendor
   * keeps calls, or 180 days where it declares no limit.
   */
  from?: Date | string | undefined;
  /** The end of the range, exclusive. Required for Itniotech. Default: now. */
  to?: Date | string | undefined;
}

/** The keys of a provider. Any keys are accepted when only the base type of the provider is known. */
type KeysOf<Providers> =
  Providers extends Provider<string, object, infer Keys>
    ? [Keys] extends [never]
      ? never
      : object extends Keys
        ? Record<string, unknown>
        : Keys
    : never;

/** The account and the policy. The provider's own schema checks the keys. */
export const findCallSchema = z.looseObject({ account: z.string(), ...policyFields });

const historySchema = z.object({
  application: z.string().min(1, "must not be empty").optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
});

/** The operation that the arguments select, and its checked arguments. */
export interface ChosenOperation {
  operation: FindCallOperation;
  keys: object;
  /** The application to search; null for all applications. */
  application: string | null;
  /** The range to search, by the start of calls; null where the arguments contain none. */
  range: Span | null;
}

/** Returns the search of the history that belongs to an operation; null where the history is not searched. */
export function historyOf(operation: FindCallOperation): HistorySearch | null {
  return operation.type === "search" ? operation : (operation.history ?? null);
}

/**
 * Returns the first operation whose keys match the arguments.
 * @throws RequestError that names the wrong argument and the keys of the account, when no operation matches, or when an argument of the search is invalid.
 */
export function chooseOperation(
  provider: Provider,
  args: z.output<typeof findCallSchema>,
  now: number,
): ChosenOperation | null {
  const operations = findCallOperationsOf(provider.operations);
  const given = Object.fromEntries(
    Object.entries(args).filter(([name]) => name !== "account" && !Object.hasOwn(policyFields, name)),
  );
  const candidates = operations.map((operation) => ({ operation, ...splitArguments(operation, given) }));
  for (const { operation, own, keys } of candidates) {
    const read = operation.keys.strict().safeParse(keys);
    if (!read.success) continue;
    const { application = null, ...range } = readArguments("findCall", historySchema, own);
    return { operation, keys: read.data, application, range: rangeOf(provider, operation, range, now) };
  }
  const [closest] = candidates.sort((one, other) => knownNames(other) - knownNames(one));
  if (closest === undefined) return null;
  const issues = closest.operation.keys.strict().safeParse(closest.keys).error?.issues ?? [];
  throw new RequestError(
    `findCall: ${describeIssues(new z.ZodError(issues), "argument")}. ${provider.account} finds a call ${operations.map(describeKeys).join(", or ")}.`,
    { provider: provider.id, account: provider.account },
  );
}

/** Separates the library's own arguments from the keys of an operation. */
function splitArguments(
  operation: FindCallOperation,
  given: Readonly<Record<string, unknown>>,
): { own: Record<string, unknown>; keys: Record<string, unknown> } {
  const names = new Set(historyOf(operation) === null ? [] : ["application", "from", "to"]);
  if (operation.type === "lookup" && operation.perApplication === true) names.add("application");
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    own: Object.fromEntries(entries.filter(([name]) => names.has(name))),
    keys: Object.fromEntries(entries.filter(([name]) => !names.has(name))),
  };
}

function knownNames({ operation, keys }: { operation: FindCallOperation; keys: object }): number {
  return Object.keys(keys).filter((name) => Object.hasOwn(operation.keys.shape, name)).length;
}

/** @throws RequestError when the range is incomplete, empty or required. */
function rangeOf(
  { id, account }: Provider,
  operation: FindCallOperation,
  { from, to }: { from?: number | undefined; to?: number | undefined },
  now: number,
): Span | null {
  const isRequired = historyOf(operation)?.requiresRange === true;
  if (from === undefined && to === undefined && !isRequired) return null;
  if (from !== undefined && (to !== undefined || !isRequired)) return readRange("findCall", { from, to: to ?? now });
  const missing = [from === undefined ? "`from`" : null, to === undefined ? "`to`" : null]
    .filter(Boolean)
    .join(" and ");
  const reason = isRequired
    ? `The vendor has no filter for ${describeKeys(operation).replace("by ", "")}, so ${account} reads every call that started in [from, to)`
    : "Without `from`, the end of the range has no effect";
  throw new RequestError(
    `findCall: argument ${missing} is missing. ${reason}. Pass the day of the call, for example.`,
    {
      provider: id,
      account,
    },
  );
}

function describeKeys({ keys }: FindCallOperation): string {
  const names = Object.keys(keys.shape).map((name) => `\`${name}\``);
  const last = names.pop() ?? "";
  return `by ${names.length === 0 ? last : `${names.join(", ")} and ${last}`}`;
}
