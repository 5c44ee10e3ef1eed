import type { z } from "zod";
import { AGREEMENT_SECONDS } from "../../contract/duration.js";
import type { LookupOperation } from "../../contract/lookup.js";
import type { FoundCall } from "../../model/call-record.js";
import { CallRecordsError, RequestError } from "../../model/errors.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { discover } from "../../engine/lists/discovery.js";
import { Progress } from "../../engine/lists/progress.js";
import { requireApplication } from "../applications.js";
import type { Invocation } from "../invocation.js";
import { unsupported } from "../unsupported.js";
import { checkRetention } from "../records/records.js";
import { type ChosenOperation, chooseOperation, type findCallSchema, historyOf } from "./find-call-arguments.js";
import { lookUp } from "./look-up.js";
import { type CallSearch, searchedApplications, searchHistory } from "./search-history.js";

/** The found calls, by their application. */
type Found = Map<string | null, FoundCall>;

/**
 * Returns one call of one account, or null when it does not exist.
 * @throws RequestError when a key is invalid; UnsupportedError when the vendor cannot look up a single call.
 */
export async function findCall(
  session: AccountSession,
  args: z.output<typeof findCallSchema>,
  invocation: Invocation,
): Promise<FoundCall | null> {
  const chosen = chooseOperation(session.provider, args, session.clock.now());
  if (chosen === null) throw unsupported(session.provider, "findCall", "this vendor cannot look up a single call.");
  if (chosen.range !== null) checkRetention(session, chosen.range.from, invocation);
  invocation.begin();
  try {
    return await invocation.timed(() => find(session, chosen, invocation));
  } finally {
    invocation.stop();
  }
}

async function find(
  session: AccountSession,
  chosen: ChosenOperation,
  invocation: Invocation,
): Promise<FoundCall | null> {
  const { operation, keys, range } = chosen;
  const history = historyOf(operation);
  const { counters } = new Progress(session.provider, invocation.id);
  await discover(session, { signal: invocation.signal, counters, invocation: invocation.id });
  const applications = applicationsOf(session, chosen);
  const lookups =
    operation.type === "lookup"
      ? await lookUpIn(session, operation, keys, operation.perApplication === true ? applications : [null], invocation)
      : { found: new Map<string | null, FoundCall>(), failure: null };
  if (history === null) {
    if (lookups.failure !== null && lookups.found.size === 0) throw lookups.failure;
    return onlyOne(session, lookups.found);
  }
  const search = { history, keys, range };
  const found = await preferHistory(session, search, lookups.found, invocation);
  if (found.size === 0) {
    const first = await searchHistory(session, search, applications, invocation);
    if (first !== null) found.set(first.foundIn, first.call);
    else if (lookups.failure !== null) throw lookups.failure;
    else return null;
  }
  // An id is unique only within its application, so the first call may not be the intended one.
  for (const other of applications.filter((one) => !found.has(one))) {
    if (found.size > 1) break;
    const second = await searchHistory(session, search, [other], invocation);
    if (second !== null) found.set(other, second.call);
  }
  return onlyOne(session, found);
}

/** Returns the applications in which the call may be. @throws RequestError when the account does not have the application that the caller named. */
function applicationsOf(session: AccountSession, { operation, keys, application, range }: ChosenOperation) {
  const { account, operations } = session.provider;
  const history = historyOf(operation);
  const known =
    history === null
      ? [...new Set(operations.records.partitions({}).map((partition) => partition.application))]
      : searchedApplications(session, { history, keys, range });
  if (application === null) return known;
  requireApplication("findCall", "application", account, application, known);
  return [application];
}

/**
 * Sends the lookup for each application, and returns the calls that were found, and the first failure. The first request is sent alone, so that wrong credentials
 * do not cost many requests.
 * @throws CallRecordsError when the credentials are rejected, or the invocation was aborted.
 */
async function lookUpIn(
  session: AccountSession,
  operation: LookupOperation,
  keys: object,
  applications: readonly (string | null)[],
  invocation: Invocation,
): Promise<{ found: Found; failure: CallRecordsError | null }> {
  const found: Found = new Map();
  let failure: CallRecordsError | null = null;
  const ask = async (application: string | null) => {
    try {
      const call = await lookUp(session, operation, keys, application, invocation);
      if (call !== null) found.set(application, call);
    } catch (error) {
      if (!(error instanceof CallRecordsError) || error.code === "authentication" || invocation.signal.aborted)
        throw error;
      failure ??= error;
    }
  };
  const [first, ...others] = applications;
  if (first !== undefined) await ask(first);
  await Promise.all(others.map(ask));
  return { found, failure };
}

/** Returns the found calls. The record of the history replaces each call that has ended, because it has more fields. */
async function preferHistory(
  session: AccountSession,
  search: CallSearch,
  lookedUp: Found,
  invocation: Invocation,
): Promise<Found> {
  const found: Found = new Map();
  for (const [application, call] of lookedUp) {
    const { state, startedAt } = call;
    const range = search.range ?? (startedAt === null ? null : around(startedAt));
    const record =
      state === "ended" ? await searchHistory(session, { ...search, range }, [application], invocation) : null;
    found.set(application, record?.call ?? call);
  }
  return found;
}

/** Returns a range that contains the start of a call, also if the history has it from another clock. */
function around(startedAt: Date) {
  const marginMs = AGREEMENT_SECONDS * 1000;
  return { from: startedAt.getTime() - marginMs, to: startedAt.getTime() + marginMs };
}

/** Returns the call; null where none was found. @throws RequestError when several applications have one. */
function onlyOne(session: AccountSession, found: Found): FoundCall | null {
  const [first, second] = found.keys();
  if (second === undefined) return first === undefined ? null : (found.get(first) ?? null);
  const { account, id: provider } = session.provider;
  throw new RequestError(
    `findCall: ${account} has calls with this id in several applications, such as \`${String(first)}\` and \`${String(second)}\`. Name one of them by the argument \`application\`.`,
    { provider, account },
  );
}
