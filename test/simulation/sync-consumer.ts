import type { CallRecord, SyncBatch, SyncCheckpoint, SyncStream } from "../../src/index.js";
import type { Pass, SyncScenario } from "./sync-scenario.js";
import type { PassRun } from "./sync-simulation.js";

/** What the consumer was handed, in order. */
export interface Delivery {
  account: string;
  type: "new" | "updated";
  record: CallRecord;
  /** Whether the table held the call when it came. */
  known: boolean;
  /** Whether it may come although nothing has changed: it came before, in a batch that was not committed. */
  mayRepeat: boolean;
}

/** Leaves the loop in another way than the library's. */
export class ConsumersOwn extends Error {}

/** Keeps a table; with checkpoints of its own, both in what would be one transaction. */
export class SyncConsumer {
  readonly table = new Map<string, CallRecord>();
  deliveries: Delivery[] = [];
  private readonly kept = new Map<string, string>();
  /** Batches that are not committed yet. */
  private held: SyncBatch[] = [];
  /** Calls of batches that were never known to be committed: they may come again. */
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

  keepAll(checkpoints: readonly SyncCheckpoint[]): void {
    for (const checkpoint of checkpoints) this.kept.set(checkpoint.account, JSON.stringify(checkpoint));
  }

  /** @param isKilled whether its process is: it then keeps nothing more. */
  async read(
    stream: SyncStream,
    { crash, commitEvery, commitOrder }: Pass,
    keeper: SyncScenario["keeper"],
    isKilled: () => boolean,
  ): Promise<Pick<PassRun, "thrown" | "endedByConsumer">> {
    const crashAt = crash?.type === "leave" || crash?.type === "throw" ? crash.atBatch : null;
    let batches = 0;
    try {
      for await (const batch of stream) {
        if (isKilled()) break;
        batches += 1;
        const crashes = batches === crashAt;
        // A transaction that is not committed leaves nothing behind.
        if (keeper === "store" || !crashes) this.take(batch, keeper);
        if (crashes && crash?.type === "throw") throw new ConsumersOwn("The consumer has crashed.");
        if (crashes) return { thrown: null, endedByConsumer: true };
        if (keeper === "store" && this.held.length >= commitEvery) await this.commitHeld(commitOrder);
      }
      return { thrown: null, endedByConsumer: false };
    } catch (thrown) {
      return { thrown, endedByConsumer: thrown instanceof ConsumersOwn };
    }
  }

  private take(batch: SyncBatch, keeper: SyncScenario["keeper"]): void {
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
      if (keeper === "store") this.uncommitted.add(name);
    }
    // In one transaction with the rows: what is kept is committed.
    if (keeper === "consumer") this.kept.set(account, JSON.stringify(batch.checkpoint));
    else this.held.push(batch);
  }
}

/** The key of a call. */
export function nameOf({ account, application, id }: Pick<CallRecord, "account" | "application" | "id">): string {
  return `${account} ${application ?? ""} ${id}`;
}
