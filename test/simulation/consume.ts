import type { CallRecord, CallRecordsClient, RecordStream } from "../../src/index.js";
import type { VirtualClock } from "../engine/virtual-clock.js";
import type { Consumer } from "./scenario.js";

/** The result of one consumer's reading. */
export interface Consumed {
  /** Every delivered record, in order. */
  records: CallRecord[];
  /** The thrown error; null if the reading was completed. */
  thrown: unknown;
  /** Whether the consumer ended it: left the loop, threw, aborted, or closed the client. */
  endedByConsumer: boolean;
  /** Virtual milliseconds between this end and the settlement of the reading. */
  settledAfterMs: number;
}

/** An error that the consumer itself throws. */
export class ConsumerError extends Error {}

/** Reads a stream in the way of this consumer. */
export async function consume(
  open: (policy: { signal?: AbortSignal; totalTimeoutMs?: number }) => RecordStream,
  consumer: Consumer,
  client: CallRecordsClient,
  clock: VirtualClock,
): Promise<Consumed & { stream: RecordStream; signal: AbortSignal }> {
  const controller = new AbortController();
  const { signal } = controller;
  const stream = open({ signal, ...(consumer.type === "deadline" ? { totalTimeoutMs: consumer.totalTimeoutMs } : {}) });
  const state: Reading = { records: [], endedAt: null };
  const done = new AbortController();
  if (consumer.type === "abort" || consumer.type === "close") {
    const end = async () => {
      await clock.sleep(consumer.atMs, done.signal);
      state.endedAt = clock.now();
      if (consumer.type === "abort") controller.abort(new Error("The consumer has aborted."));
      else await client.close();
    };
    end().catch(() => undefined);
  }
  try {
    const thrown = await read(stream, consumer, state, clock).then(
      () => null,
      (error: unknown) => error,
    );
    const { records, endedAt } = state;
    return {
      records,
      thrown,
      endedByConsumer: endedAt !== null,
      settledAfterMs: clock.now() - (endedAt ?? clock.now()),
      stream,
      signal,
    };
  } finally {
    done.abort();
  }
}

interface Reading {
  records: CallRecord[];
  /** The time when the consumer ended it; null if it did not. */
  endedAt: number | null;
}

async function read(stream: RecordStream, consumer: Consumer, state: Reading, clock: VirtualClock): Promise<void> {
  switch (consumer.type) {
    case "array":
      state.records.push(...(await stream.toArray({ max: 100_000 })));
      return;
    case "batches":
      for await (const batch of stream.batches(consumer.size)) state.records.push(...batch);
      return;
    case "slow":
      for await (const record of stream) {
        state.records.push(record);
        await clock.sleep(consumer.msPerRecord);
      }
      return;
    case "break":
    case "throw":
      for await (const record of stream) {
        state.records.push(record);
        if (state.records.length <= consumer.after) continue;
        state.endedAt = clock.now();
        if (consumer.type === "throw") throw new ConsumerError();
        break;
      }
      return;
    case "each":
    case "abort":
    case "close":
    case "deadline":
      for await (const record of stream) state.records.push(record);
  }
}
