import type { CallRecord, Direction, FoundCall, Leg } from "../model/call-record.js";
import type { Party } from "../model/party.js";
import { partOfCall, secondsBetween, wholeSeconds } from "./duration.js";
import type { MappedCall, MappedFoundCall } from "./mapped-call.js";

/**
 * Returns the record of a mapped call. Derives `customer`, `line` and `waitSeconds`, rounds durations to whole seconds, and omits an undefined `raw`. Fields
 * are copied one by one, because spreading objects of different shapes takes longer than parsing the response.
 */
export function callRecordOf(provider: string, account: string, mapped: MappedCall, raw: unknown): CallRecord;
export function callRecordOf(provider: string, account: string, mapped: MappedFoundCall, raw: unknown): FoundCall;
export function callRecordOf(provider: string, account: string, mapped: MappedFoundCall, raw: unknown): FoundCall {
  const [customer, line] = sidesOf(mapped.direction, mapped.caller, mapped.callee);
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
    customer,
    line,
    agent: mapped.agent,
    queue: mapped.queue,
    startedAt: mapped.startedAt,
    queuedAt: mapped.queuedAt,
    ringingAt: mapped.ringingAt,
    answeredAt: mapped.answeredAt,
    endedAt: mapped.endedAt,
    ringSeconds: wholeSeconds(mapped.ringSeconds),
    waitSeconds: wholeSeconds(waitOf(mapped)),
    talkSeconds: wholeSeconds(mapped.talkSeconds),
    ivrSeconds: wholeSeconds(mapped.ivrSeconds),
    hangup: mapped.hangup,
    legs: mapped.legs.map(roundedLeg),
    transferred: mapped.transferred,
    menuKeys: mapped.menuKeys,
    satisfaction: mapped.satisfaction,
    cost: mapped.cost,
    recordings: mapped.recordings,
    tags: mapped.tags,
    remark: mapped.remark,
    customData: mapped.customData,
    updatedAt: mapped.updatedAt,
  };
  if (raw !== undefined) record.raw = raw;
  return record;
}

/** Returns the parties on the customer's side and on the company's side; null where the direction does not show the sides. */
function sidesOf(
  direction: Direction,
  caller: Party | null,
  callee: Party | null,
): [customer: Party | null, line: Party | null] {
  if (direction === "inbound") return [caller, callee];
  return direction === "outbound" ? [callee, caller] : [null, null];
}

/** Returns the seconds of waiting; the ring duration where the vendor provides no start of the wait. */
function waitOf(call: MappedFoundCall): number | null {
  const from = call.queuedAt ?? call.ringingAt ?? null;
  if (from === null) return call.ringSeconds;
  const to = call.answeredAt ?? call.endedAt ?? null;
  return call.startedAt === null ? secondsBetween(from, to) : partOfCall(call.startedAt, from, to);
}

function roundedLeg(leg: Leg): Leg {
  const talkSeconds = wholeSeconds(leg.talkSeconds);
  return talkSeconds === leg.talkSeconds ? leg : { ...leg, talkSeconds };
}
