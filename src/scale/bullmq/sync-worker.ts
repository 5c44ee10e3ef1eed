import { clearTimeout, setTimeout } from "node:timers";
import type { Redis } from "ioredis";
import { Queue, Worker } from "bullmq";
import { AbortedError, CallRecordsClient } from "../../index.js";
import { parseOptions } from "../../adapter.js";
import { redisRateLimiter, redisTokenStore } from "../redis/index.js";
import { backoffStrategy } from "./back-off.js";
import { JobRun, type WorkerContext } from "./job-run.js";
import { ProviderShares } from "./provider-shares.js";
import { openConnection } from "./queue-options.js";
import type { SyncJobData, SyncJobResult, SyncQueue } from "./sync-job.js";
import { messageOf } from "./thrown-text.js";
import { type ReadWorkerOptions, type SyncWorkerOptions, workerOptionsSchema } from "./worker-options.js";

/** Passes that run when the worker is closed may end within this time. The others are returned to the queue. */
const FINISH_MS = 5_000;
/** A worker is closed after this time, even if the queue or the destination does not respond. Its jobs are then taken over like those of a killed worker. */
const CLOSE_MS = 9_500;
/** The lock of a job expires this long after its worker was killed. The worker renews it twice in this time. */
const LOCK_MS = 15_000;
/** Workers search for expired locks at this interval. */
const STALLED_CHECK_MS = 5_000;
/** A job whose workers were killed so often, and whose account is no longer scheduled, fails. */
const MAX_STALLED = 10;

/** A worker that syncs accounts. */
export interface SyncWorker {
  /**
   * Stops taking jobs, and waits for those that run. After 5 seconds they are aborted and returned to the queue, where another worker continues from their last
   * write. Resolves within 10 seconds. Closing it again has no effect.
   */
  close(): Promise<void>;
  /** Closes the worker, as `close` does, at the end of the block that declares it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a worker that makes the passes of `scheduleSyncs`. Any number of workers, in any number of processes, may share a queue. An account is synced by one of
 * them at a time, which the lease of the destination ensures. If a worker is killed, another one takes over its jobs within about 20 seconds.
 * @example
 * const worker = startSyncWorker({ connection, destination, provider: (account) => itniotech({ account, apiKey: "…", apiSecret: "…" }) });
 * process.once("SIGTERM", () => void worker.close());
 * @throws ConfigurationError when an option is missing, wrong or unknown. The message names it. Later failures are in the jobs, and are passed to `onError`.
 */
export function startSyncWorker(options: SyncWorkerOptions): SyncWorker {
  const read = parseOptions("startSyncWorker", workerOptionsSchema, options);
  const connection = openConnection(read.connection, null);
  try {
    return new QueueWorker(read, connection);
  } catch (error) {
    connection.disconnect();
    throw error;
  }
}

class QueueWorker implements SyncWorker {
  private readonly client: CallRecordsClient;
  private readonly queue: SyncQueue;
  private readonly worker: Worker<SyncJobData, SyncJobResult>;
  private readonly abort = new AbortController();
  private closing: Promise<void> | null = null;
  private lastWarning = "";

  constructor(
    private readonly options: ReadWorkerOptions,
    private readonly connection: Redis,
  ) {
    this.client = clientOf(options, connection);
    const { queueName, prefix, concurrency } = options;
    this.queue = new Queue(queueName, { connection, prefix });
    const context: WorkerContext = {
      options,
      client: this.client,
      queue: this.queue,
      shares: new ProviderShares(concurrency),
      running: new Set(),
      signal: this.abort.signal,
      onFailure: (error, account) => {
        this.report(error, account);
      },
    };
    this.worker = new Worker(queueName, (job, token) => new JobRun(context, job, token).process(), {
      connection,
      prefix,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED,
      settings: { backoffStrategy },
    });
    const onError = (error: Error) => {
      this.report(error, null);
    };
    this.worker.on("error", onError);
    this.queue.on("error", onError);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async end(): Promise<void> {
    const aborting = setTimeout(() => {
      this.abort.abort(new AbortedError("The worker was closed. Another worker continues the pass."));
    }, FINISH_MS);
    await within(CLOSE_MS, this.worker.close());
    clearTimeout(aborting);
    await this.client.close();
    this.connection.disconnect();
  }

  private report(error: unknown, account: string | null): void {
    const { onError } = this.options;
    if (onError !== undefined) {
      try {
        onError(error, account);
      } catch (thrown) {
        process.emitWarning(`startSyncWorker: the callback \`onError\` threw: ${messageOf(thrown)}`);
      }
      return;
    }
    const message = messageOf(error);
    // A server that does not respond causes the same failure again and again.
    if (account === null && message !== this.lastWarning) process.emitWarning(`startSyncWorker: ${message}`);
    this.lastWarning = message;
  }
}

function clientOf(options: ReadWorkerOptions, connection: Redis): CallRecordsClient {
  const { clientOptions, rateLimiter, tokenStore, onEvent } = options;
  return new CallRecordsClient({
    ...clientOptions,
    providers: [],
    defaults: { isolateFailures: true, ...clientOptions?.defaults },
    rateLimiter: rateLimiter ?? redisRateLimiter(connection),
    tokenStore: tokenStore ?? redisTokenStore(connection),
    onEvent,
  });
}

/** Resolves when the work has ended or the time is over. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
