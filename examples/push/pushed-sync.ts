import type { CallRecordsClient, CheckpointStore, PushNotice, SyncChange } from "call-records";

/**
 * Runs a pass of `sync` when notices arrive. Notices that arrive during a pass wait for the next one. A push that is lost delays nothing for long: run a pass at
 * regular intervals as well, such as every five minutes.
 */
export class PushedSync {
  private waiting: PushNotice[] = [];
  private running: Promise<void> | null = null;

  constructor(
    private readonly client: CallRecordsClient,
    private readonly settings: {
      from: Date;
      store: CheckpointStore;
      onChange: (change: SyncChange) => void;
      onError: (error: unknown) => void;
    },
  ) {}

  /** Adds notices, and begins a pass if none is running. */
  add(notices: readonly PushNotice[]): void {
    this.waiting.push(...notices);
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
  }

  /** Resolves when no notice is waiting and no pass is running. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private async run(): Promise<void> {
    const { from, store, onChange, onError } = this.settings;
    while (this.waiting.length > 0) {
      const around = this.waiting.splice(0);
      try {
        const stream = this.client.sync({ from, store, around, isolateFailures: true });
        await stream.forEach(({ changes }) => {
          changes.forEach(onChange);
        });
      } catch (error) {
        onError(error);
      }
    }
  }
}
