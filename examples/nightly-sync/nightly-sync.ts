import type { AccountReport, CallRecordsClient, Destination, SyncToReport } from "call-records";

const HOUR_MS = 3_600_000;

export interface NightlyJob {
  from: Date;
  /** Timeout of the job in milliseconds. It should end well before the next night. */
  totalTimeoutMs: number;
  /** The age of the oldest call that is not settled, in hours, that requires attention. Right after a successful pass it is 60 h. */
  maxLagHours: number;
  signal?: AbortSignal;
  now?: () => number;
}

/** The summary of a night, as one log line for alerts. */
export interface NightlySummary {
  job: "nightly-sync";
  /**
   * `ok`; `incomplete`: something failed, and is requested again in the next night; `lost`: a range is older than the vendor's retention, and is reported only
   * once; `behind`: an account is not settled up to a time that is too old; `failed`: the job itself failed, for example by a timeout; `stopped`: by its signal.
   */
  status: "ok" | "incomplete" | "lost" | "behind" | "failed" | "stopped";
  seconds: number;
  inserted: number;
  updated: number;
  error: string | null;
  accounts: AccountSummary[];
}

interface AccountSummary {
  account: string;
  status: string;
  error: string | null;
  /** Every call that began before this time is in the destination and settled; null if nothing was read. */
  settledBefore: string | null;
  lagHours: number | null;
}

/** Runs the job of one night. It never throws: every failure is in the summary. */
export async function syncNightly(
  client: CallRecordsClient,
  destination: Destination,
  { from, signal, totalTimeoutMs, maxLagHours, now = Date.now }: NightlyJob,
): Promise<NightlySummary> {
  const began = now();
  let report: SyncToReport = { accounts: [], inserted: 0, updated: 0 };
  let error: string | null = null;
  try {
    report = await client.syncTo(destination, {
      from,
      signal,
      totalTimeoutMs,
      // A failed vendor, an unreadable row or an expired range does not stop the rest.
      isolateFailures: true,
      unreadableRows: "report",
      beforeRetention: "clip",
      onWrite: (written) => (report = written),
    });
  } catch (failure) {
    error = failure instanceof Error ? failure.message : String(failure);
  }
  const accounts = report.accounts.map((account): AccountSummary => {
    const settledBefore = settledBeforeOf(account);
    const lagHours =
      settledBefore === null ? null : Math.round(((now() - Date.parse(settledBefore)) / HOUR_MS) * 10) / 10;
    return {
      account: account.account,
      status: account.status,
      error: account.error?.message ?? null,
      settledBefore,
      lagHours,
    };
  });
  const isBehind = accounts.some(({ lagHours }) => lagHours === null || lagHours > maxLagHours);
  const hasLost = report.accounts.some(({ gaps }) => gaps.some(({ reason }) => reason === "retention"));
  const isComplete = accounts.every(({ status }) => status === "complete");
  return {
    job: "nightly-sync",
    status:
      error !== null
        ? signal?.aborted === true
          ? "stopped"
          : "failed"
        : isBehind
          ? "behind"
          : hasLost
            ? "lost"
            : isComplete
              ? "ok"
              : "incomplete",
    seconds: Math.round((now() - began) / 1000),
    inserted: report.inserted,
    updated: report.updated,
    error,
    accounts,
  };
}

/** Returns the time before which everything is settled. What the vendor no longer has cannot become complete, so it does not count. */
function settledBeforeOf({ coverage, unsettled, gaps }: AccountReport): string | null {
  const missing = gaps.filter(({ reason }) => reason !== "retention" && reason !== "abandoned");
  const [firstOpen] = [...unsettled, ...missing].map(({ from }) => from).sort();
  return firstOpen ?? coverage.at(-1)?.to ?? null;
}
