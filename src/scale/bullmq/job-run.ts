import { DelayedError, UnrecoverableError } from "bullmq";
import type { CallRecordsClient, Provider } from "../../index.js";
import { type PassFailure, type PassResult, providerOf, runPass, thrownFailure } from "./account-pass.js";
import { backOffMs, RepeatedFailure } from "./back-off.js";
import { ProgressWriter } from "./progress-writer.js";
import { type ProviderShares, ROOM_WAIT_MS } from "./provider-shares.js";
import { readData, scheduledJobId, schedulerId, type SyncJob, type SyncJobResult, type SyncQueue } from "./sync-job.js";
import type { ReadWorkerOptions } from "./worker-options.js";

/** A job waits this long for a lease that another writer holds, and then tries again. */
const LEASE_WAIT_MS = 5_000;

/** The objects that the jobs of a worker share. */
export interface WorkerContext {
  options: ReadWorkerOptions;
  client: CallRecordsClient;
  queue: SyncQueue;
  shares: ProviderShares;
  /** The accounts that this worker syncs now. */
  running: Set<string>;
  /** Is aborted when the passes have to end, because the worker closes. */
  signal: AbortSignal;
  onFailure: (error: unknown, account: string) => void;
}

/** The schedule of an account when a job of it begins. */
interface Schedule {
  id: string;
  /** When the next job is due, in epoch milliseconds. This job ends before. */
  nextAt: number;
  everyMs: number;
}

/** The processing of one job: whether its pass may begin now, the pass, and what follows from its result. */
export class JobRun {
  constructor(
    private readonly context: WorkerContext,
    private readonly job: SyncJob,
    private readonly token: string | undefined,
  ) {}

  /**
   * @throws DelayedError when the job was moved to the delayed ones; RepeatedFailure when it has to be repeated; UnrecoverableError when the next pass is that
   * of the next job.
   */
  async process(): Promise<SyncJobResult> {
    const { shares } = this.context;
    const { account } = readData(this.job);
    const schedule = await this.schedule(account);
    if (schedule === null) {
      shares.forget(account);
      return { skipped: "unscheduled" };
    }
    if (this.context.running.has(account)) return this.waitOrSkip(jittered(LEASE_WAIT_MS), schedule);
    this.context.running.add(account);
    try {
      return await this.passInShare(account, schedule);
    } finally {
      this.context.running.delete(account);
    }
  }

  /** Makes the pass if its provider has room. */
  private async passInShare(account: string, schedule: Schedule): Promise<SyncJobResult> {
    const { shares, queue, options } = this.context;
    let provider: Provider | null = null;
    let providerId = shares.knownProvider(account);
    if (providerId === undefined || shares.hasRoom(account, providerId)) {
      try {
        provider = await providerOf(account, options.provider);
      } catch (error) {
        return this.fail(thrownFailure(account, "provider", error), schedule);
      }
      providerId = provider.id;
    }
    shares.note(account, providerId, schedule.everyMs);
    if (!shares.hasRoom(account, providerId)) {
      shares.noteAccounts(await queue.getJobSchedulersCount());
      if (!shares.hasRoom(account, providerId)) return this.waitForRoom(account, providerId);
    }
    const end = shares.begin(account, providerId);
    try {
      await this.promote(shares.callNext(providerId));
      return await this.pass(provider ?? (await providerOf(account, options.provider)), schedule);
    } finally {
      await this.promote(end());
    }
  }

  private async waitForRoom(account: string, provider: string): Promise<SyncJobResult> {
    const { shares } = this.context;
    if (!shares.wait(account, provider, this.job.id ?? "")) return { skipped: "superseded" };
    // The first one may wait although there is room, if another worker has taken a job that was called.
    await this.promote(shares.callNext(provider));
    return this.moveToDelayed(ROOM_WAIT_MS);
  }

  /** Calls a job that waits for room. It may run already. */
  private async promote(jobId: string | null): Promise<void> {
    if (jobId === null) return;
    const job = await this.context.queue.getJob(jobId);
    await job?.promote().catch(() => undefined);
  }

  private async pass(provider: Provider, schedule: Schedule): Promise<SyncJobResult> {
    const { client, options, signal } = this.context;
    const { settleSeconds, raw, destination } = options;
    const { from } = readData(this.job);
    const progress = new ProgressWriter(this.job);
    const result: PassResult = await runPass(client, provider, destination, {
      from,
      settleSeconds,
      raw,
      signal,
      onProgress: progress.write,
    });
    switch (result.type) {
      case "done":
        await progress.end(result.progress);
        return result.progress;
      case "lease-taken":
        return this.waitOrSkip(jittered(LEASE_WAIT_MS), schedule);
      case "aborted":
        return this.moveToDelayed(0);
      case "failed":
        if (result.progress !== null) await progress.end(result.progress);
        return this.fail(result.failure, schedule);
    }
  }

  /** Repeats a failed job after its back-off. If the next job is due before, that one is delayed instead. */
  private async fail(failure: PassFailure, { id, nextAt }: Schedule): Promise<never> {
    const { queue, onFailure } = this.context;
    onFailure(failure.error, readData(this.job).account);
    if (!failure.retryable) throw new UnrecoverableError(failure.message);
    const waitMs = backOffMs(this.job.attemptsMade, failure.retryAfterMs, Math.random());
    if (Date.now() + waitMs < nextAt) throw new RepeatedFailure(failure.message, waitMs);
    const next = await queue.getJob(scheduledJobId(id, nextAt));
    // It may have become due meanwhile. It then fails in the same way.
    await next?.changeDelay(waitMs).catch(() => undefined);
    throw new UnrecoverableError(failure.message);
  }

  /** Lets the job wait. If the next job is due before, that one is sufficient. */
  private waitOrSkip(waitMs: number, { nextAt }: Schedule): Promise<SyncJobResult> {
    return Date.now() + waitMs < nextAt ? this.moveToDelayed(waitMs) : Promise.resolve({ skipped: "superseded" });
  }

  private async moveToDelayed(waitMs: number): Promise<never> {
    await this.job.moveToDelayed(Date.now() + waitMs, this.token);
    throw new DelayedError();
  }

  /** Returns the schedule of the account; null if it was removed. A job that was added by hand has no next one. */
  private async schedule(account: string): Promise<Schedule | null> {
    const id = schedulerId(account);
    if (this.job.repeatJobKey === undefined) return { id, nextAt: Number.POSITIVE_INFINITY, everyMs: 0 };
    const scheduler = await this.context.queue.getJobScheduler(id);
    if (scheduler === undefined) return null;
    return { id, nextAt: scheduler.next ?? Number.POSITIVE_INFINITY, everyMs: scheduler.every ?? 0 };
  }
}

/** Returns a time that differs by up to a quarter, so that jobs that wait for the same thing do not return at once. */
function jittered(ms: number): number {
  return Math.round(ms * (0.75 + Math.random() / 2));
}
