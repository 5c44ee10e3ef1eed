import { CallRecordsError, CheckpointError, type Destination, type DestinationSession } from "../../index.js";

/** A destination for one pass. It notes why the pass could not use it. */
export class LeasedDestination implements Destination {
  /** Whether another writer holds the lease of the account. */
  isLeaseTaken = false;
  /** Whether the destination failed with an error that is not of this library, and may work again. */
  hasFailed = false;

  constructor(private readonly destination: Destination) {}

  async open(account: { provider: string; account: string }): Promise<DestinationSession> {
    let session: DestinationSession;
    try {
      session = await this.destination.open(account);
    } catch (error) {
      // By the contract of a destination, it is thrown when another writer holds the lease. Other failures of a database have their cause.
      this.isLeaseTaken = error instanceof CheckpointError && error.cause === undefined;
      throw this.noted(error);
    }
    return {
      load: () => this.noting(() => session.load()),
      write: (changes, checkpointChanges) => this.noting(() => session.write(changes, checkpointChanges)),
      close: () => this.noting(() => session.close()),
    };
  }

  private async noting<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.noted(error);
    }
  }

  private noted(error: unknown): unknown {
    if (!(error instanceof CallRecordsError)) this.hasFailed = true;
    return error;
  }
}
