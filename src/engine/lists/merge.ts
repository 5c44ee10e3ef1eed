/** The batches of one account. */
export type Batches<Item> = AsyncGenerator<Item[], void, undefined>;

/**
 * Batches of several sources as they come. All sources are asked at once.
 * @param stop makes the sources give up what they wait for; called when one fails, or the consumer takes no more.
 */
export async function* mergeAsTheyCome<Item>(sources: readonly Batches<Item>[], stop: () => void): Batches<Item> {
  const arrived: { source: Batches<Item>; result: IteratorResult<Item[], void> }[] = [];
  const state: { waitingFor: number; failure: { error: unknown } | null; wake: () => void } = {
    waitingFor: 0,
    failure: null,
    wake: () => undefined,
  };

  const ask = (source: Batches<Item>) => {
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
    for (const source of sources) ask(source);
    // After a failure, what has come already is handed on, and no more is asked for.
    for (;;) {
      const next = arrived.shift();
      if (next !== undefined) {
        if (next.result.done === true) continue;
        yield next.result.value;
        if (state.failure === null) ask(next.source);
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
 * Batches of several sources, each in ascending time, as one sequence in ascending time.
 * @param stop as of {@link mergeAsTheyCome}.
 */
export async function* mergeByTime<Item>(
  sources: readonly Batches<Item>[],
  timeOf: (item: Item) => number,
  stop: () => void,
): Batches<Item> {
  try {
    // Every source is asked before any is waited for: they read at the same time.
    let heads = await Promise.all(sources.map((source) => Head.open(source)));
    for (;;) {
      heads = heads.filter((head) => head.items.length > head.taken);
      if (heads.length === 0) return;
      const merged: Item[] = [];
      // Up to the earliest last item of all heads, nothing that is still to come can lie in between.
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

/** The batch of a source from which items are being taken. */
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
    if (item === undefined) throw new RangeError("This batch has been taken whole.");
    return item;
  }

  /** Takes the next batch that holds anything; none is left when the source has ended. */
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
