import type { CallRecord, CallRecordsClient, CheckpointStore, Interval, SyncCoverage } from "call-records";

/** The table that stores the calls. */
export interface CallTable {
  /** Upserts by `callKey` (account, application and id), because a batch that was not committed is delivered again. */
  save(calls: readonly CallRecord[]): void | Promise<void>;
  close(): void | Promise<void>;
}

export interface NightlyJob {
  from: Date;
  store: CheckpointStore;
  /** Called only by the job that currently runs. */
  openTable: () => CallTable | Promise<CallTable>;
  /** Timeout of the job in milliseconds. It should end well before the next night. */
  totalTimeoutMs: number;
  /** The age of the watermark in hours that requires attention. Right after a successful pass it is 60 h, because calls may be long or listed late. */
  maxLagHours: number;
  signal?: AbortSignal;
  now?: () => number;
}

/** The summary of a night, as one log line for alerts. */
export interface NightlySummary {
  job: "nightly-sync";
  /**
   * `ok`; `incomplete`: something failed, and is requested again in the next night; `lost`: a range is older than the vendor's retention, and is reported only
   * once; `behind`: the watermark of an account is too old; `failed`: the job itself failed, for example by a timeout or because another job runs; `stopped`: by
   * its signal.
   */
  status: "ok" | "incomplete" | "lost" | "behind" | "failed" | "stopped";
  seconds: number;
  new: number;
  updated: number;
  error: string | null;
  accounts: AccountSummary[];
}

interface AccountSummary {
  account: string;
  /** The counts of this pass. */
  status: string;
  error: string | null;
  /** Every call that began before this time is in the table and settled; null if nothing was ever requested. */
  settledBefore: string | null;
  lagHours: number | null;
  /** The ranges that were older than the vendor's retention. */
  lost: Interval[];
}

/** Runs the job of one night. It never throws: every failure is in the summary. */
export async function syncNightly(client: CallRecordsClient, job: NightlyJob): Promise<NightlySummary> {
  const { from, store, signal, totalTimeoutMs, maxLagHours, now = Date.now } = job;
  const began = now();
  // A failed vendor, an unreadable row or an expired range does not stop the rest.
  const stream = client.sync({
    from,
    store,
    signal,
    totalTimeoutMs,
    isolateFailures: true,
    beforeRetention: "clip",
    unreadableRows: "report",
  });
  const counts = { new: 0, updated: 0 };
  const pass = async () => {
    const unlock = await store.lock("nightly-sync");
    try {
      const table = await job.openTable();
      try {
        // Each batch is committed when it is in the table. A failed batch is read again in the next night.
        await stream.forEach(async ({ changes }) => {
          await table.save(changes.map(({ record }) => record));
          for (const { type } of changes) counts[type] += 1;
        });
      } finally {
        await table.close();
      }
    } finally {
      await unlock();
    }
  };
  const errors: string[] = [];
  const note = (error: unknown) => {
    errors.push(error instanceof Error ? error.message : String(error));
  };
  await pass().catch(note);
  const coverage = await client.coverage(store).catch((error: unknown) => {
    note(error);
    return [];
  });
  const reports = new Map(stream.report().accounts.map((report) => [report.account, report]));
  const accounts = coverage.map((covered): AccountSummary => {
    const report = reports.get(covered.account);
    const settledBefore = settledBeforeOf(covered);
    const lagHours = settledBefore === null ? null : Math.round((now() - Date.parse(settledBefore)) / 360_000) / 10;
    return {
      account: covered.account,
      status: report?.status ?? "failed",
      error: report?.error?.message ?? null,
      settledBefore,
      lagHours,
      lost: covered.lost,
    };
  });
  const isBehind = accounts.some(({ lagHours }) => lagHours === null || lagHours > maxLagHours);
  const hasLost = stream.report().accounts.some(({ gaps }) => gaps.some(({ reason }) => reason === "retention"));
  const isComplete = accounts.every(({ status }) => status === "complete");
  const [error = null] = errors;
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
    ...counts,
    error,
    accounts,
  };
}

/** Returns the time before which everything is settled. */
function settledBeforeOf({ coverage, unsettled, missing }: SyncCoverage): string | null {
  const [firstOpen] = [...unsettled, ...missing].map(({ from }) => from).sort();
  return firstOpen ?? coverage.at(-1)?.to ?? null;
}
