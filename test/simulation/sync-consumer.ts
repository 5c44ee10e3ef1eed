import type { CallRecord, SyncBatch, SyncCheckpoint, SyncStream } from "../../src/index.js";
import type { Pass, SyncScenario } from "./sync-scenario.js";
import type { PassRun } from "./sync-simulation.js";

/** A call that was delivered to the consumer. */
export interface Delivery {
  account: string;
  type: "new" | "updated";
  record: CallRecord;
  /** Whether the table already contained the call. */
  known: boolean;
  /** Whether it may be delivered without a change, because its earlier batch was not committed. */
  mayRepeat: boolean;
}

/** An error that the consumer itself throws. */
export class ConsumerError extends Error {}

/** A consumer that stores calls in a table. If it also stores the checkpoints, both are written as in one transaction. */
export class SyncConsumer {
  readonly table = new Map<string, CallRecord>();
  deliveries: Delivery[] = [];
  private readonly kept = new Map<string, string>();
  /** The batches that are not yet committed. */
  private held: SyncBatch[] = [];
  /** The calls of batches that are not known to be committed. They may be delivered again. */
  private readonly uncommitted = new Set<string>();

  beginPass(): void {
    this.deliveries = [];
    this.held = [];
  }

  private async commitHeld(order: Pass["commitOrder"]): Promise<void> {
    const held = this.held.splice(0);
    if (order === "together")
      await Promise.all(
        held.map(async (batch) =>
          batch.commit().then(() => {
            this.committed(batch);
          }),
        ),
      );
    else
      for (const batch of order === "last first"
        ? held.reverse()
        : order === "every other"
          ? held.filter((_, index) => index % 2 === 0)
          : held) {
        await batch.commit();
        this.committed(batch);
      }
  }

  private committed(batch: SyncBatch): void {
    for (const { record } of batch.changes) this.uncommitted.delete(nameOf(record));
  }

  checkpoints(): SyncCheckpoint[] {
    return [...this.kept.values()].map((text) => JSON.parse(text) as SyncCheckpoint);
  }

  storeAll(checkpoints: readonly SyncCheckpoint[]): void {
    for (const checkpoint of checkpoints) this.kept.set(checkpoint.account, JSON.stringify(checkpoint));
  }

  /** Reads a stream. @param isKilled whether its process was killed, after which it stores nothing. */
  async read(
    stream: SyncStream,
    { crash, commitEvery, commitOrder }: Pass,
    checkpointOwner: SyncScenario["checkpointOwner"],
    isKilled: () => boolean,
  ): Promise<Pick<PassRun, "thrown" | "endedByConsumer">> {
    const crashAt = crash?.type === "leave" || crash?.type === "throw" ? crash.atBatch : null;
    let batches = 0;
    try {
      for await (const batch of stream) {
        if (isKilled()) break;
        batches += 1;
        const crashes = batches === crashAt;
        // A transaction that is not committed has no effect.
        if (checkpointOwner === "store" || !crashes) this.take(batch, checkpointOwner);
        if (crashes && crash?.type === "throw") throw new ConsumerError("The consumer has crashed.");
        if (crashes) return { thrown: null, endedByConsumer: true };
        if (checkpointOwner === "store" && this.held.length >= commitEvery) await this.commitHeld(commitOrder);
      }
      return { thrown: null, endedByConsumer: false };
    } catch (thrown) {
      return { thrown, endedByConsumer: thrown instanceof ConsumerError };
    }
  }

  private take(batch: SyncBatch, checkpointOwner: SyncScenario["checkpointOwner"]): void {
    const { account, changes } = batch;
    for (const { type, record } of changes) {
      const name = nameOf(record);
      this.deliveries.push({
        account,
        type,
        record,
        known: this.table.has(name),
        mayRepeat: this.uncommitted.has(name),
      });
      this.table.set(name, record);
      if (checkpointOwner === "store") this.uncommitted.add(name);
    }
    // The checkpoint is stored in one transaction with the rows.
    if (checkpointOwner === "consumer") this.kept.set(account, JSON.stringify(batch.checkpoint));
    else this.held.push(batch);
  }
}

/** Returns the key of a call. */
export function nameOf({ account, application, id }: Pick<CallRecord, "account" | "application" | "id">): string {
  return `${account} ${application ?? ""} ${id}`;
}
