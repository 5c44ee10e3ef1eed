import { callRecordSchema, type CallRecord } from "call-records";

/** The values of lines of JSON. */
export function linesOf(text: string): unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}

/** The calls of lines of JSON. */
export function callsOf(text: string): CallRecord[] {
  return linesOf(text).map((line) => callRecordSchema.parse(line));
}

/** The key of a call. */
export function keyOf({ account, id }: { account: string; id: string }): string {
  return `${account} ${id}`;
}
