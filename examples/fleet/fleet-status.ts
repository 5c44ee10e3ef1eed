import type { Queue } from "bullmq";
import type { SyncJobData, SyncJobResult } from "call-records/bullmq";

export type SyncQueue = Queue<SyncJobData, SyncJobResult>;

/** The state of an account, from its newest job that has begun. */
export interface AccountStatus {
  account: string;
  /** `waiting`: its first pass has not begun. `repeated`: its pass failed, and is made again at `nextAt`. */
  state: "waiting" | "running" | "repeated" | "complete" | "partial" | "failed";
  /** The number of calls that the pass has written. */
  calls: number;
  error: string | null;
  /** When the next job is due, as ISO 8601. */
  nextAt: string | null;
}

/** Returns the state of each scheduled account. It reads all jobs, so do not call it more often than every few seconds. */
export async function readFleet(queue: SyncQueue): Promise<AccountStatus[]> {
  const [schedulers, jobs] = await Promise.all([
    queue.getJobSchedulers(),
    queue.getJobs(["active", "completed", "failed", "delayed"]),
  ]);
  const newest = new Map<string, (typeof jobs)[number]>();
  for (const job of jobs) {
    const known = newest.get(job.data.account);
    if (job.processedOn !== undefined && job.processedOn >= (known?.processedOn ?? 0))
      newest.set(job.data.account, job);
  }
  const rows = schedulers.map(({ template, next }): AccountStatus => {
    const account = template?.data?.account ?? "";
    const job = newest.get(account);
    const progress = job === undefined ? undefined : progressOf(job.progress);
    // Missing before the first failure.
    const failedReason: string | undefined = job?.failedReason;
    return {
      account,
      state: job === undefined ? "waiting" : stateOf(job, progress?.status),
      calls: progress?.calls ?? 0,
      error: job?.finishedOn === undefined ? null : (failedReason ?? null),
      nextAt: next === undefined ? null : new Date(next).toISOString(),
    };
  });
  return rows.sort((one, other) => one.account.localeCompare(other.account));
}

function stateOf(
  { finishedOn, failedReason, attemptsMade }: { finishedOn?: number; failedReason?: string; attemptsMade: number },
  status: string | undefined,
): AccountStatus["state"] {
  if (finishedOn === undefined) return attemptsMade > 0 ? "repeated" : "running";
  if (failedReason !== undefined) return "failed";
  return status === "partial" ? "partial" : "complete";
}

/** Returns the parts of a job's progress that the status shows. The progress of a job may be any JSON. */
function progressOf(progress: unknown): { status: string; calls: number } | undefined {
  if (typeof progress !== "object" || progress === null || !("report" in progress)) return undefined;
  const { report } = progress as { report: { status: string; rows: number } };
  return { status: report.status, calls: report.rows };
}
