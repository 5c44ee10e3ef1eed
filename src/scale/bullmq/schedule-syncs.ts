import { ErrorCode, type JobSchedulerJson, Queue } from "bullmq";
import { z } from "zod";
import { ConfigurationError, NetworkError, parseIso } from "../../index.js";
import { parseOptions } from "../../adapter.js";
import { dateSchema } from "../../model/instant.js";
import { offsetMsOf } from "./due-offset.js";
import { openConnection, type QueueOptions, queueShape } from "./queue-options.js";
import {
  JOB_NAME,
  jobOptions,
  scheduledJobId,
  schedulerId,
  type SyncJob,
  type SyncJobData,
  type SyncQueue,
} from "./sync-job.js";
import { messageOf } from "./thrown-text.js";

const WHO = "scheduleSyncs";
/** A command of Redis is repeated so often after a lost connection. */
const RETRIES = 3;
/** The number of commands that are sent at once. */
const CONCURRENCY = 100;

/** The options of `scheduleSyncs`. */
export interface ScheduleSyncsOptions extends QueueOptions {
  /** The labels of all accounts to sync, each once. The accounts that are not in the list are removed from the queue. An empty list removes all. */
  accounts: readonly string[];
  /** The start of the range: a `Date`, or ISO 8601 **with** an offset or `Z`. See `from` of `sync`. */
  from: Date | string;
  /**
   * The time between the beginnings of two passes of an account, in milliseconds: at least 1,000. If a pass takes longer, the next one begins after it. The
   * passes of different accounts are spread over this time.
   */
  everyMs: number;
}

/** The changes of the schedulers, as labels of accounts. */
export interface ScheduleSyncsReport {
  /** The accounts that are new. Their first job is due at once, and the second one after `everyMs` to twice `everyMs`. */
  added: string[];
  /** The accounts whose `from` or `everyMs` has changed. After a change of `everyMs`, the next job is due within the new `everyMs`. */
  changed: string[];
  /** The accounts that are no longer scheduled, in alphabetical order. A pass that runs is not stopped. */
  removed: string[];
}

const fromSchema = z.union([dateSchema, z.string()]).transform((value, context) => {
  const time = typeof value === "string" ? parseIso(value) : value.getTime();
  if (time !== null && !Number.isNaN(time)) return new Date(time).toISOString();
  context.addIssue({
    code: "custom",
    message: "must be a Date, or an ISO 8601 string with an offset or Z, such as 2026-11-01T00:00:00+08:00",
  });
  return z.NEVER;
});

const optionsSchema = z.strictObject({
  ...queueShape,
  accounts: z
    .array(z.string("must be a text").min(1, "must not be empty"), "must be a list of labels")
    .superRefine((accounts, context) => {
      const known = new Set<string>();
      for (const [index, account] of accounts.entries()) {
        if (known.has(account))
          context.addIssue({ code: "custom", path: [index], message: "occurs twice in the list" });
        known.add(account);
      }
    }),
  from: fromSchema,
  everyMs: z.int("must be a whole number").min(1000, "must be at least 1,000").max(8.64e13, "is too large"),
});

type Options = z.output<typeof optionsSchema>;

/**
 * Makes the job schedulers of a queue match the accounts exactly: it adds, changes and removes schedulers, and leaves those alone that match. Each account has
 * one scheduler, which adds a job every `everyMs`. The label of an account decides at which moment within that time, so that accounts that are added together are
 * not due together. Call it when your service starts and when the accounts change.
 * @example
 * await scheduleSyncs({ connection, accounts: ["tenant-1", "tenant-2"], from: "2026-10-01T00:00:00+08:00", everyMs: 300_000 });
 * @throws ConfigurationError when an option is missing, wrong or unknown. The message names it. NetworkError that is `retryable` when Redis does not respond.
 */
export async function scheduleSyncs(options: ScheduleSyncsOptions): Promise<ScheduleSyncsReport> {
  const read = parseOptions(WHO, optionsSchema, options);
  const connection = openConnection(read.connection, RETRIES);
  // Failures are reported by the commands.
  connection.on("error", () => undefined);
  try {
    // BullMQ would wait for a server that does not respond.
    await connection.ping();
    const queue: SyncQueue = new Queue(read.queueName, { connection, prefix: read.prefix });
    queue.on("error", () => undefined);
    try {
      return await match(queue, read);
    } finally {
      await queue.close();
    }
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new NetworkError(
      `${WHO}: Redis failed (${messageOf(error)}). Some accounts may not be scheduled yet. Call it again.`,
      {
        retryable: true,
      },
    );
  } finally {
    connection.disconnect();
  }
}

async function match(queue: SyncQueue, { accounts, from, everyMs }: Options): Promise<ScheduleSyncsReport> {
  const existing = new Map((await queue.getJobSchedulers()).map((scheduler) => [scheduler.key, scheduler]));
  const report: ScheduleSyncsReport = { added: [], changed: [], removed: [] };
  const wanted = new Map(accounts.map((account) => [schedulerId(account), account]));
  const changes: (() => Promise<unknown>)[] = [];
  for (const [id, account] of wanted) {
    const scheduler = existing.get(id);
    const data = scheduler?.template?.data;
    if (scheduler?.every === everyMs && data?.account === account && data.from === from) continue;
    (scheduler === undefined ? report.added : report.changed).push(account);
    const template = { name: JOB_NAME, data: { account, from }, opts: jobOptions(accounts.length) };
    changes.push(async () => {
      const beginsNow = scheduler === undefined || (await isWaiting(queue, scheduler));
      const repeat = { every: everyMs, offset: offsetMsOf(account, everyMs) };
      const job = await queue.upsertJobScheduler(id, repeat, template);
      if (beginsNow) await beginNow(job);
    });
  }
  for (const [id, scheduler] of existing) {
    if (wanted.has(id)) continue;
    report.removed.push(labelOf(id, scheduler.template?.data));
    changes.push(() => remove(queue, scheduler));
  }
  for (let done = 0; done < changes.length; done += CONCURRENCY)
    await Promise.all(changes.slice(done, done + CONCURRENCY).map((change) => change()));
  report.removed.sort();
  return report;
}

/** Whether the next job of a scheduler is due, and no worker has taken it. The first job of an account is due before its time. */
async function isWaiting(queue: SyncQueue, { key, next }: JobSchedulerJson): Promise<boolean> {
  return next !== undefined && (await queue.getJobState(scheduledJobId(key, next))) === "waiting";
}

/** Makes a job due. The next ones keep their times. */
async function beginNow(job: SyncJob): Promise<void> {
  try {
    await job.promote();
  } catch (error) {
    // Another call has made it due at the same time, or has replaced it and makes that one due.
    const hasCode = typeof error === "object" && error !== null && "code" in error;
    if (!hasCode || error.code !== ErrorCode.JobNotInState) throw error;
  }
}

/** Removes a scheduler, and its next job unless that runs. */
async function remove(queue: SyncQueue, { key, next, every }: JobSchedulerJson): Promise<void> {
  await queue.removeJobScheduler(key);
  if (next === undefined) return;
  // A job that is due already is not removed with its scheduler. One that runs cannot be removed, and ends as usual.
  await queue.remove(scheduledJobId(key, next));
  // The first job may have ended before its time. If the account is added again, its first job has the same id.
  const previous = scheduledJobId(key, next - (every ?? 0));
  if (["completed", "failed"].includes(await queue.getJobState(previous))) await queue.remove(previous);
}

/** Returns the label of an account. Another program may have added its scheduler, whose id is then the label. */
function labelOf(id: string, data: SyncJobData | undefined): string {
  return data?.account ?? id;
}
