import type { Span } from "../engine/lists/intervals.js";
import type { CallRecord } from "../model/call-record.js";

/** The calls of a part of a range. */
interface CallChunk {
  calls: CallRecord[];
  /** The calls are all of those that started in it. */
  span: Span;
}

/**
 * Divides calls that are read in order of time. A part ends where the next call starts later.
 * @param size the least number of calls of a part, except the last one.
 */
export async function* chunksOf(
  stream: AsyncIterable<CallRecord>,
  range: Span,
  size: number,
): AsyncGenerator<CallChunk, void, undefined> {
  let calls: CallRecord[] = [];
  let { from } = range;
  for await (const call of stream) {
    const at = call.startedAt.getTime();
    if (calls.length >= size && at > (calls.at(-1)?.startedAt.getTime() ?? at)) {
      yield { calls, span: { from, to: at } };
      calls = [];
      from = at;
    }
    calls.push(call);
  }
  yield { calls, span: { from, to: range.to } };
}
