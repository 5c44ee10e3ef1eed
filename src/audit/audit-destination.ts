import type { CallRecordsClient } from "../client.js";
import { AbortedError, CallRecordsError, RequestError, UnsupportedError } from "../model/errors.js";
import { clientSchema, readArguments, readRange, unknownAccount } from "../operations/arguments.js";
import type { Destination } from "../operations/sync/destination.js";
import { readDestination } from "../operations/sync/read-destination.js";
import { AccountAudit, type AuditOptions } from "./account-audit.js";
import { type AuditArguments, auditSchema } from "./audit-arguments.js";
import type { AuditReport } from "./audit-report.js";
import { type AuditedAccount, AuditResult } from "./audit-result.js";
import { openAuditSession, storeOf } from "./audit-session.js";

const OPERATION = "auditDestination";

/** The methods of a client that an audit uses. */
type AuditClient = Pick<CallRecordsClient, "records" | "coverage" | "capabilities">;
const argument = clientSchema<AuditClient>("records", "coverage", "capabilities");

/**
 * Reads a range again from the vendors, and compares it with the calls that a destination contains. Only intervals that are settled, and that `syncTo` has completed,
 * are compared. The checkpoint of `syncTo` stays as it is.
 *
 * The accounts are compared one after the other. A repair holds the lease of an account meanwhile, so that no `syncTo` can write to it. Without a repair, the audit
 * only reads where the destination has the method `openReader`, as that of `sqlDestination` has, and a `syncTo` may write at the same time.
 * @param client the client with the accounts.
 * @param destination the destination of `syncTo`. Its sessions need the method `readCalls`, and `markDelisted` for a repair, as those of `sqlDestination`.
 * @returns the differences and the compared intervals of each account.
 * @example
 * const { accounts } = await auditDestination(client, destination, { from: "2026-10-01T00:00:00+08:00", to: "2026-11-01T00:00:00+08:00", repair: true });
 * for (const { account, missing, changed, delisted, notCompared } of accounts) console.log(account, missing, changed, delisted, notCompared);
 * @throws RequestError when an argument is wrong; UnsupportedError when the destination lacks a method; CheckpointError when another writer holds a lease, or a
 * checkpoint is damaged; the CallRecordsError of the first failure, unless failures are isolated.
 */
export async function auditDestination(
  client: Pick<CallRecordsClient, "records" | "coverage" | "capabilities">,
  destination: Destination,
  options: AuditArguments,
): Promise<AuditReport> {
  const checked = readDestination(OPERATION, destination);
  const reader = readArguments(OPERATION, argument, { client }).client;
  const { from, to, accounts, repair, raw, onProgress, ...policy } = readArguments(OPERATION, auditSchema, options);
  const range = readRange(OPERATION, { from, to });
  const results = selectAccounts(reader, accounts).map((owner) => new AuditResult(owner, range));
  const report = () => ({ accounts: results.map((result) => result.report()) });
  for (const result of results)
    try {
      await audit(reader, checked, result, {
        repair,
        reading: { ...policy, raw },
        onProgress: () => onProgress?.(report()),
      });
    } catch (error) {
      const isIsolated = policy.isolateFailures === true && error instanceof CallRecordsError;
      if (!isIsolated || error instanceof AbortedError || error instanceof UnsupportedError) throw error;
      result.fail(error.toJSON());
    }
  return report();
}

async function audit(
  client: AuditClient,
  destination: Destination,
  result: AuditResult,
  options: AuditOptions,
): Promise<void> {
  const { owner } = result;
  const session = await openAuditSession(destination, owner, options.repair);
  try {
    const [coverage] = await client.coverage(storeOf(session), { accounts: [owner.account] });
    if (coverage !== undefined) result.begin(coverage);
    await new AccountAudit(client, session, result, options).run();
  } finally {
    await session.close();
  }
}

/** Returns the selected accounts of a client. @throws RequestError when it lacks one. */
function selectAccounts(client: AuditClient, labels: readonly string[] | undefined): AuditedAccount[] {
  const all = client.capabilities().map(({ provider, account }) => ({ provider, account }));
  if (all.length === 0) throw new RequestError(`${OPERATION}: the client has no accounts.`);
  if (labels === undefined) return all;
  return [...new Set(labels)].map((label) => {
    const found = all.find(({ account }) => account === label);
    if (found !== undefined) return found;
    throw unknownAccount(
      OPERATION,
      label,
      all.map(({ account }) => account),
    );
  });
}
