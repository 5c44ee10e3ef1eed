/**
 * Syncs of many accounts by any number of workers, on a queue of BullMQ. It needs the packages `bullmq` (5.81 or later) and `ioredis` (5.3 or later).
 * @module call-records/bullmq
 */

export type { QueueOptions } from "./queue-options.js";
export type { SyncJobData, SyncJobProgress, SyncJobResult } from "./sync-job.js";
export { scheduleSyncs, type ScheduleSyncsOptions, type ScheduleSyncsReport } from "./schedule-syncs.js";
export { startSyncWorker, type SyncWorker } from "./sync-worker.js";
export type { SyncWorkerOptions, WorkerClientOptions } from "./worker-options.js";
