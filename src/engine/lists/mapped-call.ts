import { callRecordOf } from "../../contract/call-record-of.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type { CallRecord } from "../../model/call-record.js";
import { ResponseError } from "../../model/errors.js";
import type { AccountSession } from "../account/account-session.js";

/** Returns the start of a mapped call. @throws ResponseError if it is not a time, because an adapter in plain JavaScript may return any value. */
export function startOf(
  mapped: MappedCall,
  { provider: { id, account }, clean }: Pick<AccountSession, "provider" | "clean">,
): number {
  const at = Number(mapped.startedAt);
  if (!Number.isNaN(at)) return at;
  throw new ResponseError(
    `${account}: the adapter maps ${clean(`the call ${mapped.id}`)} to a start that is not a time. \`startedAt\` must be a valid Date.`,
    { provider: id, account },
  );
}

/**
 * Returns the record of a mapped call of a list.
 * @throws ResponseError if the adapter maps the call to a value of another form, such as a call without legs.
 */
export function recordOf(
  session: Pick<AccountSession, "provider" | "runAdapter">,
  operation: string,
  mapped: MappedCall,
  raw: unknown,
): CallRecord {
  const { id, account } = session.provider;
  return session.runAdapter("map", { operation, window: null }, () => callRecordOf(id, account, mapped, raw));
}
