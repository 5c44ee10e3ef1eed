import type { AccountReport, Report } from "../../model/account-report.js";
import { UnsupportedError } from "../../model/errors.js";
import type { UsageSummary } from "../../model/usage-summary.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { Progress } from "../../engine/lists/progress.js";
import type { Invocation } from "../invocation.js";
import { RecordUsageCounter } from "./record-usage-counter.js";
import type { UsageCounter, UsageWanted } from "./usage-counter.js";
import { VendorUsageCounter } from "./vendor-usage-counter.js";

/** What `usage` answers. */
export interface UsageReport extends Report {
  /** One for each account, application and period, account by account and periods ascending. What is missing in one makes its `complete` false. */
  summaries: UsageSummary[];
}

/** The usage of several accounts, each from the vendor's own count where it has one and that is wanted, else from its records. */
export async function readUsage(
  sessions: readonly AccountSession[],
  wanted: UsageWanted,
  invocation: Invocation,
): Promise<UsageReport> {
  const counters = sessions.map((session) => counterOf(session, wanted, invocation));
  invocation.begin();
  await invocation.together(counters.map((counter) => () => counter.count()));
  return {
    summaries: counters.flatMap((counter) => counter.summaries()),
    accounts: counters.map((counter) => counter.report()),
  };
}

/** Why an account has no count of the vendor's own. */
export function usageUnsupported({ provider: { id, account } }: AccountSession): UnsupportedError {
  return new UnsupportedError(
    `${account}: this vendor has no count of its own. Pass \`source: "records"\` to count its records.`,
    {
      provider: id,
      account,
      operation: "usage",
    },
  );
}

function counterOf(session: AccountSession, wanted: UsageWanted, invocation: Invocation): UsageCounter {
  const { usage } = session.provider.operations;
  if (wanted.source === "records" || (wanted.source === "auto" && usage === undefined))
    return new RecordUsageCounter(session, wanted, invocation);
  return usage === undefined
    ? new NoUsageCounter(session, invocation)
    : new VendorUsageCounter(session, usage, wanted, invocation);
}

/** An account that cannot do what was asked of all accounts. */
class NoUsageCounter implements UsageCounter {
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
