import { callRecordSchema, type CallRecord } from "call-records";

/** Parses lines of JSON. */
export function linesOf(text: string): unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}

/** Parses the calls in lines of JSON. */
export function callsOf(text: string): CallRecord[] {
  return linesOf(text).map((line) => callRecordSchema.parse(line));
}

/** Returns the account and the id of a call as one text. */
export function keyOf({ account, id }: { account: string; id: string }): string {
  return `${account} ${id}`;
}
