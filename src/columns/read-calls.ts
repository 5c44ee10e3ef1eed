import type { CallRecord } from "../model/call-record.js";
import { RequestError } from "../model/errors.js";
import { readCall } from "./read-call.js";

/**
 * Checks the calls that the caller of the library passed. A text is an iterable too, but not of calls.
 * @param owner the function that takes them, for the message.
 * @throws RequestError when the value is not an iterable.
 */
export function checkCalls(owner: string, calls: unknown): void {
  if (typeof calls === "object" && calls !== null && (Symbol.asyncIterator in calls || Symbol.iterator in calls))
    return;
  throw new RequestError(
    `${owner}: argument \`calls\`: must be a stream of \`client.records\`, an array, or any other iterable of calls.`,
  );
}

/**
 * Passes each call to a function.
 * @param owner the function that takes the calls, for the message.
 * @throws RequestError when the value is not an iterable, or an item is not a call record. An error of the iterable is thrown unchanged.
 */
export async function readCalls(
  owner: string,
  calls: AsyncIterable<CallRecord> | Iterable<CallRecord>,
  read: (call: CallRecord) => void,
): Promise<void> {
  checkCalls(owner, calls);
  const argument = `${owner}: argument \`calls\``;
  let number = 0;
  const readNext = (call: CallRecord) => {
    number += 1;
    readCall(argument, number, call, read);
  };
  // A synchronous iterable is read without a promise for each call.
  if (Symbol.asyncIterator in calls) for await (const call of calls) readNext(call);
  else for (const call of calls) readNext(call);
}
