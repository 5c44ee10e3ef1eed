import type { CallRecord } from "./call-record.js";

/**
 * Returns the key of a call as one string. A vendor's id is unique only within its application, so the key is (`account`, `application`, `id`). Where a call
 * has no application, that part is empty. Two calls have the same key only if all three parts are equal.
 * @returns the parts joined with `/`, such as `tencent-ccc/1400000000/0cf5be1b`. Within a part, `%` is written as `%25`, and `/` as `%2F`.
 */
export function callKey({ account, application, id }: Pick<CallRecord, "account" | "application" | "id">): string {
  return [account, application ?? "", id].map(escapePart).join("/");
}

function escapePart(part: string): string {
  return part.replaceAll("%", "%25").replaceAll("/", "%2F");
}
