/** A bounded queue from producers to one consumer, in order. Producers await `room` before they produce more. */
export class Channel<Item> {
  private readonly items: { item: Item; weight: number }[] = [];
  private weight = 0;
  private outcome: { error: unknown } | "ended" | null = null;
  private wakeConsumer: (() => void) | null = null;
  private readonly wakeProducers: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /** Resolves when the queued weight is below the limit. */
  async room(): Promise<void> {
    while (this.weight >= this.limit && this.outcome === null) {
      await new Promise<void>((resolve) => this.wakeProducers.push(resolve));
    }
  }

  push(item: Item, weight: number): void {
    this.items.push({ item, weight });
    this.weight += weight;
    this.wakeConsumer?.();
  }

  /** Ends the queue. A failure is thrown to the consumer after the queued items. */
  end(failure?: { error: unknown }): void {
    this.outcome ??= failure ?? "ended";
    this.wakeConsumer?.();
    this.wake();
  }

  private wake(): void {
    for (const wake of this.wakeProducers.splice(0)) wake();
  }

  /** The next item; null after the last. */
  async take(): Promise<Item | null> {
    for (;;) {
      const next = this.items.shift();
      if (next !== undefined) {
        this.weight -= next.weight;
        this.wake();
        return next.item;
      }
      if (this.outcome === "ended") return null;
      if (this.outcome !== null) throw this.outcome.error;
      await new Promise<void>((resolve) => {
        this.wakeConsumer = resolve;
      });
      this.wakeConsumer = null;
    }
  }
}
