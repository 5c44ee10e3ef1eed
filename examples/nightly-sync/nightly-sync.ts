import type { CallRecord, CallRecordsClient, CheckpointStore, Interval, SyncCoverage } from "call-records";

/** Where the calls go. */
export interface CallTable {
  /** Writes by `callKey` (account, application and id): a batch comes again when the job ended before it was committed. */
  save(calls: readonly CallRecord[]): void | Promise<void>;
  close(): void | Promise<void>;
}

export interface NightlyJob {
  from: Date;
  store: CheckpointStore;
  /** Called by the one job that runs. */
  openTable: () => CallTable | Promise<CallTable>;
  /** Milliseconds for all that is read. Let it end well before the next night. */
  totalTimeoutMs: number;
  /** How far what is proven may lag behind before somebody has to look. Right after a good pass it does so by 60 h, for calls that are long or listed late. */
  mostLagHours: number;
  signal?: AbortSignal;
  now?: () => number;
}

/** One line for the log, by which to alert. */
export interface NightlySummary {
  job: "nightly-sync";
  /**
   * `ok`; `incomplete`: something failed, and is asked for again tomorrow; `lost`: the vendor no longer kept what was to be read, which is said in one night, and
   * no other brings it; `behind`: an account lags too far behind; `failed`: the job itself, such as out of time, or while another runs; `stopped`: by its signal.
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
  /** Of this pass. */
  status: string;
  error: string | null;
  /** Every call that began before is in the table, in its last form; null where nothing was ever asked for. */
  provenUntil: string | null;
  lagHours: number | null;
  /** Before that, what the vendor no longer kept when it was to be read. */
  lost: Interval[];
}

/** One night. It throws nothing: whatever happens is in the summary. */
export async function syncNightly(client: CallRecordsClient, job: NightlyJob): Promise<NightlySummary> {
  const { from, store, signal, totalTimeoutMs, mostLagHours, now = Date.now } = job;
  const began = now();
  // One vendor that fails, a row that cannot be understood, or a past that is gone keeps nobody from the rest.
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
        // Each batch is committed when it is in the table. One that fails is read again tomorrow.
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
    const provenUntil = endOfProof(covered);
    const lagHours = provenUntil === null ? null : Math.round((now() - Date.parse(provenUntil)) / 360_000) / 10;
    return {
      account: covered.account,
      status: report?.status ?? "failed",
      error: report?.error?.message ?? null,
      provenUntil,
      lagHours,
      lost: covered.lost,
    };
  });
  const isBehind = accounts.some(({ lagHours }) => lagHours === null || lagHours > mostLagHours);
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

/** Up to where nothing is open. */
function endOfProof({ coverage, unsettled, missing }: SyncCoverage): string | null {
  const [firstOpen] = [...unsettled, ...missing].map(({ from }) => from).sort();
  return firstOpen ?? coverage.at(-1)?.to ?? null;
}
