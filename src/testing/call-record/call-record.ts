import { ruleOf } from "../../adapter.js";
import { type CallRecord, callRecordSchema, type Leg } from "../../index.js";
import type { InputFault } from "../json-fault.js";
import { derivedCall } from "./derived-call.js";
import { wrongSideOf } from "./derived-parties.js";
import { exampleCall } from "./example-call.js";
import { isPlainObject } from "../plain-object.js";
import { type CallRecordOverrides, merge, unknownFieldOf } from "./overrides.js";
import { typeFaultOf, valueFaultOf } from "./value-rules.js";

/**
 * Returns a record for tests of your code, without a client: by default an answered inbound call of a minute, without `raw`.
 *
 * The fields that you do not override follow from those that you do, so that the record does not contradict itself. An abandoned call has a wait and no talk. A
 * call with `endedAt: null` is in progress, without an outcome. `e164` follows the number, and `customer` and `line` follow the direction, the caller and the
 * callee. The legs follow the times, the agent and `transferred`, durations follow times, and times follow `startedAt`, durations and overridden legs. Without a
 * queue there is no `queuedAt`, and the reason of a hangup is left out with another code. A field that you override is never changed, even if it contradicts
 * another one.
 * @example
 * callRecord({ direction: "outbound", outcome: "no-answer", agent: { name: "Daniel Smith" } });
 * @throws RangeError naming a field and its rule: for an unknown field, a value that is not valid in a record, and two equal legs; for a `raw` that JSON cannot
 * contain, `account` without `provider`, and a `customer` or `line` that contradicts the direction or the party in its place. Times are in the years 1971 to
 * 9900, and durations are at most ten years.
 */
export function callRecord(overrides: CallRecordOverrides = {}): CallRecord {
  if (!isPlainObject(overrides)) throw new RangeError("callRecord: argument `overrides` must be a plain object.");
  refuse(typeFaultOf(overrides));
  const given = readGiven(overrides);
  if (given.account !== undefined && given.provider === undefined)
    throw fault("provider", "must be set with `account`, because a label does not name its vendor");
  const wrongSide = wrongSideOf(overrides, given.direction ?? exampleCall().direction);
  refuse(wrongSide);
  const record = parsed(derivedCall(given, overrides));
  refuse(sameLegFaultOf(record.legs));
  return record;
}

/** Returns the second of two legs with the same content, which no call has; null where there is none. */
function sameLegFaultOf(legs: readonly Leg[]): InputFault | null {
  const known = new Map<string, number>();
  for (const [at, leg] of legs.entries()) {
    const first = known.get(JSON.stringify(leg));
    if (first !== undefined)
      return { path: ["legs", at], rule: `must differ from \`legs.${first}\`: set its agent, role, number or times` };
    known.set(JSON.stringify(leg), at);
  }
  return null;
}

function refuse(found: InputFault | null): void {
  if (found !== null) throw fault(found.path.join("."), found.rule);
}

/** @throws RangeError naming a field that is not valid. */
function parsed(record: unknown): CallRecord {
  const read = callRecordSchema.safeParse(record);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw fault((issue?.path ?? []).map(String).join("."), issue === undefined ? "is not valid" : ruleOf(issue));
}

/** Returns the overridden fields, as a record contains them. @throws RangeError naming a field that is unknown or not valid. */
function readGiven(overrides: CallRecordOverrides): Partial<CallRecord> {
  const merged = merge(exampleCall(), overrides);
  const record = parsed(merged);
  const unknown = unknownFieldOf(merged, record);
  if (unknown !== null) throw fault(unknown, "is unknown. A call record has no such field");
  if (record.queue !== null && record.queue.id === null && record.queue.name === null)
    throw fault("queue", "must have an id or a name, or be null");
  for (const [at, { key }] of record.menuKeys.entries())
    if (key === "") throw fault(`menuKeys.${at}.key`, "must not be empty");
  if (record.satisfaction?.key === "") throw fault("satisfaction.key", "must not be empty");
  refuse(valueFaultOf(record));
  const isGiven = (field: string) =>
    Object.entries(overrides).some(([name, value]) => name === field && value !== undefined);
  return Object.fromEntries(Object.entries(record).filter(([field]) => isGiven(field)));
}

function fault(field: string, rule: string): RangeError {
  return new RangeError(`callRecord: field \`${field}\`: ${rule}.`);
}
