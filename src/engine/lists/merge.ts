/** The batches of one account. */
export type Batches<Item> = AsyncGenerator<Item[], void, undefined>;

/**
 * Merges the batches of several sources in order of arrival. All sources are read concurrently.
 * @param stop aborts pending work of the sources. It is called when one fails, or the consumer stops.
 */
export async function* mergeInArrivalOrder<Item>(sources: readonly Batches<Item>[], stop: () => void): Batches<Item> {
  const arrived: { source: Batches<Item>; result: IteratorResult<Item[], void> }[] = [];
  const state: { waitingFor: number; failure: { error: unknown } | null; wake: () => void } = {
    waitingFor: 0,
    failure: null,
    wake: () => undefined,
  };

  const requestNext = (source: Batches<Item>) => {
    state.waitingFor += 1;
    source
      .next()
      .then(
        (result) => {
          arrived.push({ source, result });
        },
        (error: unknown) => {
          state.failure ??= { error };
        },
      )
      .finally(() => {
        state.waitingFor -= 1;
        state.wake();
      });
  };

  try {
    for (const source of sources) requestNext(source);
    // After a failure, batches that have arrived are still delivered, and no more are requested.
    for (;;) {
      const next = arrived.shift();
      if (next !== undefined) {
        if (next.result.done === true) continue;
        yield next.result.value;
        if (state.failure === null) requestNext(next.source);
      } else if (state.failure !== null || state.waitingFor === 0) {
        break;
      } else {
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
      }
    }
    if (state.failure !== null) throw state.failure.error;
  } finally {
    stop();
    await Promise.allSettled(sources.map((source) => source.return()));
  }
}

/**
 * Merges the batches of several sources, each in ascending order of `timeOf`, into one sequence in the same order.
 * @param stop as for {@link mergeInArrivalOrder}.
 */
export async function* mergeByTime<Item>(
  sources: readonly Batches<Item>[],
  timeOf: (item: Item) => number,
  stop: () => void,
): Batches<Item> {
  try {
    // All sources are started before any is awaited, so that they read concurrently.
    let heads = await Promise.all(sources.map((source) => Head.open(source)));
    for (;;) {
      heads = heads.filter((head) => head.items.length > head.taken);
      if (heads.length === 0) return;
      const merged: Item[] = [];
      // No later item can precede the earliest last item of all heads.
      while (heads.every((head) => head.taken < head.items.length)) {
        const first = heads.reduce((a, b) => (timeOf(b.peek()) < timeOf(a.peek()) ? b : a));
        merged.push(first.peek());
        first.taken += 1;
      }
      yield merged;
      await Promise.all(heads.filter((head) => head.taken === head.items.length).map((head) => head.advance()));
    }
  } finally {
    stop();
    await Promise.allSettled(sources.map((source) => source.return()));
  }
}

/** The current batch of a source. */
class Head<Item> {
  items: Item[] = [];
  taken = 0;

  private constructor(private readonly source: Batches<Item>) {}

  static async open<Item>(source: Batches<Item>): Promise<Head<Item>> {
    const head = new Head(source);
    await head.advance();
    return head;
  }

  peek(): Item {
    const item = this.items[this.taken];
    if (item === undefined) throw new RangeError("All items of this batch have been taken.");
    return item;
  }

  /** Reads the next batch that is not empty. The batch is empty when the source has ended. */
  async advance(): Promise<void> {
    this.taken = 0;
    do {
      const result = await this.source.next();
      if (result.done === true) {
        this.items = [];
        return;
      }
      this.items = result.value;
    } while (this.items.length === 0);
  }
}
