import type { MappedCall, MappedFoundCall } from "../../contract/provider.js";
import type { CallRecord, FoundCall } from "../../model/call-record.js";
import { ResponseError } from "../../model/errors.js";
import type { AccountSession } from "../account/account-session.js";

/**
 * A mapped call as it is handed out. The vendor's own row is left out where it is undefined. Written field by field: objects that adapters make
 * differ in shape, and to spread such takes longer than to read the answer they came in.
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

/** When a mapped call started. @throws ResponseError when that is no time: an adapter in plain JavaScript may map to anything. */
export function startOf(
  mapped: MappedCall,
  { provider: { id, account }, clean }: Pick<AccountSession, "provider" | "clean">,
): number {
  const at = Number(mapped.startedAt);
  if (!Number.isNaN(at)) return at;
  throw new ResponseError(
    `${account}: the adapter maps ${clean(`the call ${mapped.id}`)} to a start that is no time.`,
    { provider: id, account },
  );
}
