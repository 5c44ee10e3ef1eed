import { z } from "zod";
import type { AccountReport, Report } from "../../model/account-report.js";
import { type UnsupportedError } from "../../model/errors.js";
import type { UsageSummary } from "../../model/usage-summary.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { Progress } from "../../engine/lists/progress.js";
import {
  type AccountsArgument,
  accountsFields,
  type PolicyArguments,
  policyFields,
  type RangeArguments,
  rangeFields,
  readRange,
} from "../arguments.js";
import { unsupported } from "../unsupported.js";
import type { Invocation } from "../invocation.js";
import { RecordUsageCounter } from "./record-usage-counter.js";
import type { UsageCounter, UsageWanted } from "./usage-counter.js";
import { VendorUsageCounter } from "./vendor-usage-counter.js";

/** Arguments of `usage`. */
export interface UsageArguments extends RangeArguments, AccountsArgument, PolicyArguments {
  /** One summary for the whole range (default), or one for each day or month in the account's time zone. */
  by?: "total" | "day" | "month" | undefined;
  /**
   * `auto` (default): the vendor's own count where it has one, otherwise counted from records. `records`: counted from records for each account. `vendor`: only
   * the vendor's own count. An account without one causes an `UnsupportedError` before any request. With `isolateFailures`, it is reported as `unsupported`
   * instead, unless `accounts` names it, or no selected account has such a count.
   */
  source?: "auto" | "vendor" | "records" | undefined;
}

/** The result of `usage`. */
export interface UsageReport extends Report {
  /** One summary per account, application and period, grouped by account, with periods ascending. `complete` is false when something is missing in it. */
  summaries: UsageSummary[];
}

export const usageSchema = z.strictObject({
  ...rangeFields,
  ...accountsFields,
  ...policyFields,
  by: z.enum(["total", "day", "month"]).default("total"),
  source: z.enum(["auto", "vendor", "records"]).default("auto"),
});

/**
 * Returns the usage of several accounts, from the source that each of them has.
 * @throws UnsupportedError when `source` is `vendor` and an account has no vendor count. With `isolateFailures`, only if the caller named the account, or if no
 * selected account has such a count.
 */
export async function readUsage(
  sessions: readonly AccountSession[],
  { accounts, from, to, by, source }: z.output<typeof usageSchema>,
  invocation: Invocation,
): Promise<UsageReport> {
  const { isolateFailures } = invocation.policy;
  if (source === "vendor") requireVendorCount(sessions, accounts !== undefined || !isolateFailures);
  const wanted = { range: readRange("usage", { from, to }), by, source };
  const counters = sessions.map((session) => counterOf(session, wanted, invocation));
  invocation.begin();
  await invocation.together(counters.map((counter) => () => counter.count()));
  return {
    summaries: counters.flatMap((counter) => counter.summaries()),
    accounts: counters.map((counter) => counter.report()),
  };
}

function requireVendorCount(sessions: readonly AccountSession[], ofEach: boolean): void {
  const without = sessions.filter(({ provider }) => provider.operations.usage === undefined);
  const [first] = without;
  if (first !== undefined && (ofEach || without.length === sessions.length)) throw usageUnsupported(first);
}

function usageUnsupported({ provider }: AccountSession): UnsupportedError {
  return unsupported(
    provider,
    "usage",
    `this vendor does not report usage. Pass \`source: "auto"\` or \`source: "records"\` to count the records, or select other accounts with \`accounts\`.`,
  );
}

function counterOf(session: AccountSession, wanted: UsageWanted, invocation: Invocation): UsageCounter {
  const { usage } = session.provider.operations;
  if (wanted.source === "records" || (wanted.source === "auto" && usage === undefined))
    return new RecordUsageCounter(session, wanted, invocation);
  return usage === undefined
    ? new UnsupportedUsageCounter(session, invocation)
    : new VendorUsageCounter(session, usage, wanted, invocation);
}

/** Reports an account as `unsupported`, because the vendor count was requested and its vendor has none. */
class UnsupportedUsageCounter implements UsageCounter {
  private readonly progress: Progress;

  constructor(session: AccountSession, invocation: Invocation) {
    this.progress = new Progress(session.provider, invocation.id);
    this.progress.unsupported(usageUnsupported(session));
  }

  count(): Promise<void> {
    return Promise.resolve();
  }

  summaries(): UsageSummary[] {
    return [];
  }

  report(): AccountReport {
    return this.progress.report();
  }
}
