import { describeIssues } from "../contract/parse-options.js";
import { type CallRecord, callRecordSchema } from "../model/call-record.js";
import { RequestError } from "../model/errors.js";

/**
 * Reads a call that the caller of the library passed. The schema is applied only after a failure, because it takes much longer than the reading.
 * @param owner the function and its argument, for the message.
 * @param number of the call, counted from 1, where the argument contains several; else null.
 * @throws RequestError when the value is not a call record, naming each wrong field and its rule.
 */
export function readCall<Call extends Pick<CallRecord, "account" | "id">, Result>(
  owner: string,
  number: number | null,
  call: Call,
  read: (call: Call) => Result,
): Result {
  try {
    if (hasKey(call)) return read(call);
  } catch (thrown) {
    if (callRecordSchema.safeParse(call).success) throw thrown;
  }
  const { error } = callRecordSchema.safeParse(call);
  const which = number === null ? "" : ` item ${number}`;
  const faults = error === undefined ? "" : ` (${describeIssues(error, "field")})`;
  throw new RequestError(`${owner}:${which} must be a call record, as \`client.records\` returns it${faults}.`);
}

/** Whether a value has the fields that every call has. Without this check, a wrong value would become a row without values. */
function hasKey(call: unknown): boolean {
  return (
    typeof call === "object" &&
    call !== null &&
    "account" in call &&
    typeof call.account === "string" &&
    "id" in call &&
    typeof call.id === "string"
  );
}
