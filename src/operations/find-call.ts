import { z } from "zod";
import type { HttpResponse } from "../contract/http.js";
import type { FindCallOperation, MappedCall, Provider } from "../contract/provider.js";
import type { FoundCall } from "../model/call-record.js";
import { IncompleteError, RequestError, ResponseError, UnsupportedError } from "../model/errors.js";
import type { AccountSession } from "../engine/account/account-session.js";
import { errorAbout, type ErrorContext } from "../engine/account/failure.js";
import { CallTimes } from "../engine/lists/call-times.js";
import { earliestKept, RETENTION_MARGIN_MS } from "../engine/lists/list-limits.js";
import { type ListPlan, planHistory } from "../engine/lists/list-plan.js";
import { readFields } from "../engine/lists/optional-fields.js";
import { Progress } from "../engine/lists/progress.js";
import { type RunPolicy, UNLIMITED_RUN } from "../engine/lists/run-policy.js";
import { TOO_DEEP, tooDeepFieldOf } from "../engine/lists/row-depth.js";
import { undocumented } from "../engine/lists/schema-fault.js";
import { requireApplication } from "./applications.js";
import { type AccountArgument, type PolicyArguments, policyFields, readArguments } from "./arguments.js";
import type { Invocation } from "./invocation.js";
import { inArrivalOrder, openSource } from "../engine/lists/list-source.js";
import { callRecordOf } from "../contract/call-record-of.js";
import { recordOf } from "../engine/lists/mapped-call.js";

type Lookup = Extract<FindCallOperation, { type: "lookup" }>;
type Search = Extract<FindCallOperation, { type: "search" }>;

/** Arguments of `findCall`: the account, and the keys by which its vendor finds a call, such as {@link TencentCccKeys} or {@link HuaweiCecKeys}. */
export type FindCallQuery<Providers extends Provider = Provider> = PolicyArguments &
  AccountArgument &
  ApplicationArgument &
  KeysOf<Providers>;

/** Selects one application of an account. */
export interface ApplicationArgument {
  /**
   * The application in which to search for the call, as in the `application` of a record. Default: each application of the account. It is rejected when the
   * vendor looks up single calls without a search of its history, as Huawei does.
   */
  application?: string | undefined;
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

const applicationSchema = z.looseObject({ application: z.string().min(1, "must not be empty").optional() });

/** How far back the search goes where the vendor declares no retention. */
const SEARCH_MS = 180 * 86_400_000;

function findCallUnsupported({ provider: { id, account } }: AccountSession): UnsupportedError {
  return new UnsupportedError(`${account}: this vendor cannot look up a single call.`, {
    provider: id,
    account,
    operation: "findCall",
  });
}

/**
 * Returns one call of one account, or null when it does not exist.
 * @throws RequestError when a key is invalid; UnsupportedError when the vendor cannot look up a single call.
 */
export async function findCall(
  session: AccountSession,
  args: z.output<typeof findCallSchema>,
  invocation: Invocation,
): Promise<FoundCall | null> {
  const operation = session.provider.operations.findCall;
  if (operation === undefined) throw findCallUnsupported(session);
  const ownArguments = Object.fromEntries(
    Object.entries(args).filter(([name]) => name !== "account" && !Object.hasOwn(policyFields, name)),
  );
  // A lookup has no argument `application`: its strict schema of keys rejects it.
  const { application = null, ...searchKeys } =
    operation.type === "search" ? readArguments("findCall", applicationSchema, ownArguments) : {};
  const keys = readArguments(
    "findCall",
    operation.keys.strict(),
    operation.type === "search" ? searchKeys : ownArguments,
  );
  invocation.begin();
  try {
    return await invocation.timed(() =>
      operation.type === "lookup"
        ? lookUp(session, operation, keys, invocation)
        : search(session, operation, keys, application, invocation),
    );
  } finally {
    invocation.stop();
  }
}

async function lookUp(
  session: AccountSession,
  operation: Lookup,
  keys: object,
  invocation: Invocation,
): Promise<FoundCall | null> {
  const { id, account } = session.provider;
  const { counters } = new Progress(session.provider, invocation.id);
  const errorContext = { operation: operation.name, window: null };
  const request = session.runAdapter("request", errorContext, () => operation.request(keys));
  const refused = (words: string) => errorAbout(ResponseError, session.errorContext(errorContext), `: ${words}`);
  const isNotFound = (response: HttpResponse) => operation.isNotFound?.(response) ?? false;
  const response = await session.request(
    { ...errorContext, request, accepts: isNotFound },
    { signal: invocation.signal, counters, invocation: invocation.id },
  );
  return session.runAdapter("responseSchema, row or map", errorContext, () => {
    if (isNotFound(response)) return null;
    const found = operation.responseSchema.safeParse(response.body);
    if (found.success && found.data === null) return null;
    const deepField = found.success ? tooDeepFieldOf(found.data) : null;
    if (deepField !== null) throw refused(`the call: field \`${session.clean(deepField)}\` ${TOO_DEEP}.`);
    const { read, fault } = found.success ? readFields(operation.row, found.data) : { read: null, fault: found.error };
    if (read !== null) {
      const call = new CallTimes(session, operation).mapAnywhere(read, null, (checked) => operation.map(checked, keys));
      if (operation.matches?.(call, keys) === false)
        throw refused(`the vendor returned another call than the requested one: its id is ${session.clean(call.id)}.`);
      return callRecordOf(id, account, call, found.data);
    }
    throw refused(`the response ${session.clean(undocumented(fault))}`);
  });
}

/**
 * Searches the applications. After a call is found, it searches the other applications too: an id is unique only within its application, so the first call may
 * not be the intended one.
 */
async function search(
  session: AccountSession,
  operation: Search,
  keys: object,
  application: string | null,
  invocation: Invocation,
): Promise<FoundCall | null> {
  const { account, operations } = session.provider;
  const errorContext = session.errorContext({ operation: operations.records.name, window: null });
  const { partitions } = planSearch(session, operation, keys, session.clock.now());
  const applications = [...new Set(partitions.map((partition) => partition.application))];
  if (application !== null) requireApplication("findCall", "application", account, application, applications);
  const wanted = application === null ? applications : [application];
  const first = await searchApplications(session, operation, keys, wanted, invocation);
  if (first === null) return null;
  for (const other of wanted.filter((one) => one !== first.foundIn)) {
    if ((await searchApplications(session, operation, keys, [other], invocation)) === null) continue;
    throw new RequestError(
      `findCall: ${account} has calls with this id in several applications, such as \`${String(first.foundIn)}\` and \`${String(other)}\`. Name one of them by the argument \`application\`.`,
      errorContext,
    );
  }
  return first.call;
}

/**
 * Reads each partition of the history of these applications, with the newest window first, until the call is found. A window that could not be read or verified
 * fails the search only if the call is not found elsewhere.
 */
async function searchApplications(
  session: AccountSession,
  operation: Search,
  keys: object,
  applications: readonly (string | null)[],
  invocation: Invocation,
): Promise<{ call: FoundCall; foundIn: string | null } | null> {
  const { operations } = session.provider;
  const errorContext = { operation: operations.records.name, window: null };
  const policy: RunPolicy = {
    ...UNLIMITED_RUN,
    isolateFailures: true,
    unreadableRows: invocation.policy.unreadableRows,
    // The search is for one call.
    splitsUnverified: false,
    startsNear: "plan",
  };
  const source = openSource(
    session,
    (now) => ofApplications(planSearch(session, operation, keys, now), applications),
    new Progress(session.provider, invocation.id),
  );
  const batches = invocation.account(session, source.progress, (abort) =>
    inArrivalOrder(source, policy, abort, (mapped, raw, { partition }) => {
      const isMatch = session.runAdapter("matches", errorContext, () => operation.matches(mapped, keys));
      return isMatch
        ? { call: recordOf(session, operations.records.name, mapped, raw), foundIn: partition.application }
        : null;
    }),
  );
  for await (const [found] of batches) if (found !== undefined) return found;
  requireVerified(source.progress, session.errorContext(errorContext));
  return null;
}

/** @throws CallRecordsError when the call may be in a window that was not read or verified. */
function requireVerified({ failure, unreadable, unverifiedWindows }: Progress, errorContext: ErrorContext): void {
  if (failure !== null) throw failure;
  if (unreadable > 0) {
    const words = `: the call was not found among the rows that could be read. ${unreadable} rows could not be read, and one of them may be the call; a \`warning\` names each.`;
    throw errorAbout(ResponseError, errorContext, words);
  }
  if (unverifiedWindows === 0) return;
  const words = `: the call was not found, but ${unverifiedWindows} of the windows searched could not be verified: the vendor listed fewer rows than it counts, or the end of its list is not certain. Try again later; if it fails again, ask the vendor.`;
  throw errorAbout(IncompleteError, errorContext, words, { retryable: true });
}

function planSearch(session: AccountSession, operation: Search, keys: object, now: number): ListPlan<MappedCall> {
  const { provider } = session;
  const { records } = provider.operations;
  const earliest = earliestKept(records, now);
  const from = earliest === null ? now - SEARCH_MS : earliest + RETENTION_MARGIN_MS;
  const filters = session.runAdapter("filters", { operation: records.name, window: null }, () =>
    operation.filters(keys),
  );
  const plan = planHistory(provider, records, { from, to: now }, { now, filters: { ...filters } });
  // All windows count as settled. A call that appears later does not exist now.
  return { ...plan, windows: plan.windows.map((window) => ({ ...window, settled: true })).reverse(), coverage: null };
}

function ofApplications<Value>(plan: ListPlan<Value>, applications: readonly (string | null)[]): ListPlan<Value> {
  return {
    ...plan,
    windows: plan.windows.filter(({ partition }) =>
      applications.includes(plan.partitions[partition]?.application ?? null),
    ),
  };
}
