import type { MappedCall, MappedFoundCall } from "../../contract/provider.js";
import type { CallRecord, FoundCall } from "../../model/call-record.js";
import { ResponseError } from "../../model/errors.js";
import type { AccountSession } from "../account/account-session.js";

/**
 * Creates the record of a mapped call. An undefined `raw` is omitted. Fields are copied one by one, because spreading objects of different shapes takes
 * longer than parsing the response.
 */
export function recordOf(provider: string, account: string, mapped: MappedCall, raw: unknown): CallRecord;
export function recordOf(provider: string, account: string, mapped: MappedFoundCall, raw: unknown): FoundCall;
export function recordOf(provider: string, account: string, mapped: MappedFoundCall, raw: unknown): FoundCall {
  const record: FoundCall = {
    provider,
    account,
    application: mapped.application,
    id: mapped.id,
    relatedIds: mapped.relatedIds,
    direction: mapped.direction,
    kind: mapped.kind,
    state: mapped.state,
    outcome: mapped.outcome,
    caller: mapped.caller,
    callee: mapped.callee,
    agent: mapped.agent,
    startedAt: mapped.startedAt,
    queuedAt: mapped.queuedAt,
    ringingAt: mapped.ringingAt,
    answeredAt: mapped.answeredAt,
    endedAt: mapped.endedAt,
    ringSeconds: mapped.ringSeconds,
    talkSeconds: mapped.talkSeconds,
    ivrSeconds: mapped.ivrSeconds,
    hangup: mapped.hangup,
    legs: mapped.legs,
    recordings: mapped.recordings,
    tags: mapped.tags,
    remark: mapped.remark,
    customData: mapped.customData,
    updatedAt: mapped.updatedAt,
  };
  if (raw !== undefined) record.raw = raw;
  return record;
}

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
