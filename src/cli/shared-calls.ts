import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { CallRecord } from "../model/call-record.js";

/** The number of calls by which one consumer may be ahead of the other. */
const AHEAD = 256;

/** Returns a stream of calls twice, for two consumers that run concurrently. The slower one slows down the other. */
export function shareCalls(
  calls: AsyncIterable<CallRecord>,
): [first: AsyncIterable<CallRecord>, second: AsyncIterable<CallRecord>] {
  const second = new PassThrough({ objectMode: true, highWaterMark: AHEAD });
  return [passing(calls, second), second as AsyncIterable<CallRecord>];
}

async function* passing(calls: AsyncIterable<CallRecord>, target: PassThrough): AsyncGenerator<CallRecord> {
  try {
    for await (const call of calls) {
      if (!target.write(call)) await once(target, "drain");
      yield call;
    }
    target.end();
  } catch (error) {
    target.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
