import type { Job, JobSchedulerTemplateOptions, Queue } from "bullmq";
import { z } from "zod";
import { type AccountReport, ConfigurationError } from "../../index.js";

/** The data of a job. It contains no credential. */
export interface SyncJobData {
  /** The account's label. */
  account: string;
  /** The start of the synced range, as ISO 8601 in UTC. */
  from: string;
}

/** The progress of a job, updated while its pass writes. */
export interface SyncJobProgress {
  /** The report of the account so far. */
  report: AccountReport;
  /** The number of written changes of the type `new`. */
  inserted: number;
  /** The number of written changes of the type `updated`. */
  updated: number;
}

/** The result of a completed job. */
export type SyncJobResult =
  | SyncJobProgress
  | {
      /**
       * Why the job made no pass.
       * - `unscheduled`: its account was removed by `scheduleSyncs`.
       * - `superseded`: it waited until the next job of its account was due, or another job of the account waits already.
       */
      skipped: "unscheduled" | "superseded";
    };

export type SyncJob = Job<SyncJobData, SyncJobResult>;
export type SyncQueue = Queue<SyncJobData, SyncJobResult>;

/** The name of the jobs. */
export const JOB_NAME = "sync";
/** The type of the back-off, which the workers implement. */
export const BACKOFF_TYPE = "call-records";

const COMPLETED_SECONDS = 86_400;
const FAILED_SECONDS = 7 * 86_400;
const MIN_KEPT_JOBS = 1000;

const dataSchema = z.object({ account: z.string().min(1), from: z.iso.datetime() });

/** Returns the data of a job. @throws ConfigurationError when another program has added the job. */
export function readData(job: SyncJob): SyncJobData {
  const read = dataSchema.safeParse(job.data);
  if (read.success) return read.data;
  throw new ConfigurationError(
    "startSyncWorker: the queue contains a job that `scheduleSyncs` has not added. Use the queue for nothing else.",
  );
}

/** Returns the options of the jobs. @param accounts the number of accounts. The last two jobs of each of them are kept. */
export function jobOptions(accounts: number): JobSchedulerTemplateOptions {
  const count = Math.max(MIN_KEPT_JOBS, 2 * accounts);
  return {
    // The back-off decides whether a failed job is repeated.
    attempts: Number.MAX_SAFE_INTEGER,
    backoff: { type: BACKOFF_TYPE },
    removeOnComplete: { age: COMPLETED_SECONDS, count },
    removeOnFail: { age: FAILED_SECONDS, count },
  };
}

/** Returns the id of an account's scheduler. BullMQ separates the parts of ids by colons, and Redis cannot store half of a surrogate pair. */
export function schedulerId(account: string): string {
  return JSON.stringify(account).slice(1, -1).replaceAll("%", "%25").replaceAll(":", "%3A");
}

/** Returns the id of the job that a scheduler adds for a time. */
export function scheduledJobId(id: string, dueAt: number): string {
  return `repeat:${id}:${dueAt}`;
}
