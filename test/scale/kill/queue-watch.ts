import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { SyncJobData, SyncJobResult } from "call-records/bullmq";

const POLL_MS = 250;
/** A fleet that completes no pass for so long has stopped. Jobs of a killed worker are taken over within about 20 seconds. */
const PROGRESS_LIMIT_MS = 60_000;

type SyncQueue = Queue<SyncJobData, SyncJobResult>;

/** Reads the queue of a fleet. */
export class QueueWatch {
  private readonly queue: SyncQueue;

  constructor(connection: Redis, queueName: string) {
    this.queue = new Queue(queueName, { connection });
    this.queue.on("error", () => undefined);
  }

  close(): Promise<void> {
    return this.queue.close();
  }

  /**
   * Resolves when each account has completed a pass that began after an instant.
   * @throws Error with the state of the remaining accounts when no account does for a minute.
   */
  async passesSince(instant: number, accounts: readonly string[]): Promise<void> {
    const left = new Set(accounts);
    let latest = performance.now() + PROGRESS_LIMIT_MS;
    while (left.size > 0) {
      for (const job of await this.queue.getCompleted()) {
        const { account } = job.data;
        const isPass = !("skipped" in job.returnvalue) && job.returnvalue.report.status === "complete";
        if (!isPass || (job.processedOn ?? 0) < instant || !left.delete(account)) continue;
        latest = performance.now() + PROGRESS_LIMIT_MS;
      }
      if (performance.now() > latest)
        throw new Error(`No account has completed a pass for a minute. ${await this.describe([...left])}`);
      await sleep(POLL_MS);
    }
  }

  private async describe(accounts: readonly string[]): Promise<string> {
    const jobs = await this.queue.getJobs([
      "active",
      "delayed",
      "failed",
      "prioritized",
      "waiting",
      "waiting-children",
    ]);
    const states = await Promise.all(
      jobs
        .filter(({ data }) => accounts.includes(data.account))
        .map(async (job) => `${job.data.account} ${await job.getState()} ${job.failedReason}`),
    );
    return `${accounts.join(", ")}: ${states.length === 0 ? "no job" : states.join("; ")}`;
  }
}
