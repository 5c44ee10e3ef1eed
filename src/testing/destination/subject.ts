import type { Destination, StoredCall } from "../../index.js";

/** A destination under test. Each test uses its own accounts, so that all may use one storage. */
export interface DestinationSubject {
  /** Returns a new destination over the same storage, like that of another process. */
  create(): Destination | Promise<Destination>;
  /** Returns all calls in the storage, in any order. */
  read(): Promise<readonly StoredCall[]>;
  /**
   * Makes the n-th statement of the next write fail, as a lost connection would. 1 is the first, and 0 removes a failure that did not occur. Omit it if a write
   * is a single statement.
   */
  failAtStatement?(n: number): void | Promise<void>;
  /** Ends the lease of each open session, as if its process had slept for longer than the lease. */
  expireLease(): void | Promise<void>;
}
