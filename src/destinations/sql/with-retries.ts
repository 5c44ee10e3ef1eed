import pRetry from "p-retry";
import { mayRetry, toCheckpointError } from "./database-errors.js";

/** In this time, which is shorter than a lease, a deadlock ends and a server restarts. */
const RETRIES = { retries: 5, minTimeout: 50, factor: 3, maxTimeout: 2_000, randomize: true };

/**
 * Does work in the database. After a conflict or a lost connection, it is done again.
 * @param work one transaction, which may be repeated even if it was committed.
 * @param account the account of the work; null for `migrate`.
 * @throws CheckpointError for every failure of the database.
 */
export async function withRetries<Result>(account: string | null, work: () => Promise<Result>): Promise<Result> {
  try {
    return await pRetry(work, { ...RETRIES, shouldRetry: ({ error }) => mayRetry(error) });
  } catch (error) {
    throw toCheckpointError(error, account);
  }
}
