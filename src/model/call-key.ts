import type { CallRecord } from "./call-record.js";
import { RequestError } from "./errors.js";

/**
 * Returns the key of a call as one string. A vendor's id is unique only within its application, so the key is (`account`, `application`, `id`). Where a call
 * has no application, that part is empty. Two calls have the same key only if all three parts are equal.
 * @throws RequestError when a part is missing or not a text.
 * @returns the parts joined with `/`, such as `tencent-ccc/1400000000/0cf5be1b`. Within a part, `%` is written as `%25`, and `/` as `%2F`.
 */
export function callKey(call: Pick<CallRecord, "account" | "application" | "id">): string {
  const given: unknown = call;
  if (typeof given !== "object" || given === null)
    throw new RequestError("callKey: argument `call` must be a call record, or an object with the three parts.");
  const { account, application, id } = call;
  return [keyPart("account", account), keyPart("application", application ?? ""), keyPart("id", id)].join("/");
}

/** @param part a value of any type, where the caller uses JavaScript. */
function keyPart(field: string, part: unknown): string {
  if (typeof part === "string") return part.replaceAll("%", "%25").replaceAll("/", "%2F");
  const orNull = field === "application" ? ", or null" : "";
  throw new RequestError(`callKey: argument \`call.${field}\` must be a text${orNull}.`);
}
