import type { AccountReport, Report } from "../../model/account-report.js";
import { UnsupportedError } from "../../model/errors.js";
import type { UsageSummary } from "../../model/usage-summary.js";
import type { AccountSession } from "../account/account-session.js";
import { Progress } from "../lists/progress.js";
import type { Invocation } from "./invocation.js";
import { RecordTally } from "./record-tally.js";
import type { Tally, UsageWanted } from "./tally.js";
import { VendorTally } from "./vendor-tally.js";

/** What `usage` answers. */
export interface UsageReport extends Report {
  /** One for each account, application and period, account by account and periods ascending. What is missing in one makes its `complete` false. */
  summaries: UsageSummary[];
}

/** The usage of several accounts, each from the vendor's own count where it has one and that is wanted, else from its records. */
export async function readUsage(sessions: readonly AccountSession[], wanted: UsageWanted, invocation: Invocation): Promise<UsageReport> {
  const tallies = sessions.map((session) => tallyOf(session, wanted, invocation));
  invocation.begin();
  await invocation.together(tallies.map((tally) => () => tally.count()));
  return { summaries: tallies.flatMap((tally) => tally.summaries()), accounts: tallies.map((tally) => tally.report()) };
}

/** Why an account has no count of the vendor's own. */
export function usageUnsupported({ provider: { id, account } }: AccountSession): UnsupportedError {
  return new UnsupportedError(`${account}: this vendor has no count of its own. Pass \`source: "records"\` to count its records.`, {
    provider: id,
    account,
    operation: "usage",
  });
}

function tallyOf(session: AccountSession, wanted: UsageWanted, invocation: Invocation): Tally {
  const { usage } = session.provider.operations;
  if (wanted.source === "records" || (wanted.source === "auto" && usage === undefined)) return new RecordTally(session, wanted, invocation);
  return usage === undefined ? new NoTally(session, invocation) : new VendorTally(session, usage, wanted, invocation);
}

/** An account that cannot do what was asked of all accounts. */
class NoTally implements Tally {
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
