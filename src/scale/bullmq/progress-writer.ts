import type { SyncJob, SyncJobProgress } from "./sync-job.js";

const INTERVAL_MS = 1000;

/** Stores the progress of a job, at most once a second. */
export class ProgressWriter {
  private writtenAt = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly job: Pick<SyncJob, "updateProgress">) {}

  /** Stores the progress, unless it was stored within the last second. */
  readonly write = (progress: SyncJobProgress): void => {
    if (Date.now() - this.writtenAt >= INTERVAL_MS) this.store(progress);
  };

  /** Stores the last progress. Resolves when it is stored. */
  async end(progress: SyncJobProgress): Promise<void> {
    this.store(progress);
    await this.writing;
  }

  private store(progress: SyncJobProgress): void {
    this.writtenAt = Date.now();
    // If the job was removed meanwhile, or another worker has taken it over, its end reports that.
    this.writing = this.writing.then(() => this.job.updateProgress({ ...progress })).catch(() => undefined);
  }
}
