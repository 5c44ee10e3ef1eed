import { AbortedError } from "../../index.js";

/**
 * Returns the items of a source until the signal is aborted. It does not wait for a source that never responds.
 * @throws AbortedError when the signal is aborted; the errors of the source.
 */
export async function* abortable<Item>(
  source: AsyncIterable<Item> | Iterable<Item>,
  signal: AbortSignal,
  owner: string,
): AsyncGenerator<Item, void, undefined> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let reject: (error: AbortedError) => void = () => undefined;
  const abort = () => {
    reject(new AbortedError(`${owner}: the signal was aborted.`, { cause: signal.reason }));
  };
  // One listener for all items: a race of promises would keep each of them until the end.
  signal.addEventListener("abort", abort);
  const next = () =>
    new Promise<IteratorResult<Item>>((resolve, fail) => {
      reject = fail;
      if (signal.aborted) abort();
      else Promise.resolve(iterator.next()).then(resolve, fail);
    });
  let isOpen = true;
  try {
    for (;;) {
      const result = await next().catch((error: unknown) => {
        // A source that failed is closed already.
        isOpen = signal.aborted;
        throw error;
      });
      if (result.done === true) {
        isOpen = false;
        return;
      }
      yield result.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Not awaited: the source may never respond.
    if (isOpen) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
