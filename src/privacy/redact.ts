import { readCall } from "../columns/read-call.js";
import type { Agent, Party } from "../model/party.js";
import type { FoundCall, Leg, Recording } from "../model/call-record.js";
import { RequestError } from "../model/errors.js";

const partyFields = ["number", "e164", "displayNumber", "protectedId", "region"] as const satisfies (keyof Party)[];
const agentFields = ["id", "name", "email", "phone", "groupId", "groupName"] as const satisfies (keyof Agent)[];
const recordingFields = ["id", "url", "transcriptUrl"] as const satisfies (keyof Recording)[];
const legFields = ["number", "transferredFrom", "transferredTo"] as const satisfies (keyof Leg)[];
const queueFields = ["id", "name"] as const;

const paths = <const Group extends string, const Field extends string>(group: Group, fields: readonly Field[]) =>
  fields.map((field) => `${group}.${field}` as const);

/**
 * The fields that {@link redact} accepts, named as in `callColumns`. `agent.…` is also the agent of each leg, and `recordings` and `recordings.…` are also those of
 * the legs.
 */
export const redactableFields = [
  ...paths("caller", partyFields),
  ...paths("callee", partyFields),
  ...paths("customer", partyFields),
  ...paths("line", partyFields),
  ...paths("agent", agentFields),
  ...paths("queue", queueFields),
  ...paths("legs", legFields),
  ...paths("recordings", recordingFields),
  "hangup.reason",
  "legs",
  "recordings",
  "menuKeys",
  "satisfaction",
  "cost",
  "tags",
  "remark",
  "customData",
  "relatedIds",
  "raw",
] as const;

/** A field that {@link redact} accepts. */
export type RedactableField = (typeof redactableFields)[number];

/**
 * Returns a call without the values of some fields: they are null, or empty if they are a list or an object. The call itself stays as it is.
 *
 * `customer` and `line` repeat `caller` and `callee`, so that a field of one of them is removed from the other too. `raw` repeats every field under the vendor's
 * names, and is always left out. Other fields may still contain the same value, such as a name in a remark.
 * @param call a call record, or a call of `findCall`.
 * @param fields such as `["agent.name", "agent.email", "remark", "recordings.url"]`.
 * @throws RequestError when `call` is not a call record, or for a field that is not in `redactableFields`.
 */
export function redact<Call extends FoundCall>(call: Call, fields: readonly RedactableField[]): Call {
  const removed = readFields(fields);
  return readCall("redact: argument `call`", null, call, (read) => redacted(read, removed));
}

/** @param fields of any type, where the caller uses JavaScript. */
function readFields(fields: unknown): ReadonlySet<string> {
  if (!Array.isArray(fields)) throw new RequestError("redact: argument `fields` must be a list of fields.");
  const known: readonly string[] = redactableFields;
  for (const field of fields as unknown[])
    if (typeof field !== "string" || !known.includes(field))
      throw new RequestError(
        `redact: argument \`fields\`: ${JSON.stringify(field)} cannot be redacted. The fields are ${known.join(", ")}.`,
      );
  return new Set(fields as string[]);
}

function redacted<Call extends FoundCall>(call: Call, removed: ReadonlySet<string>): Call {
  const without = <Part extends object>(part: Part, fields: readonly (keyof Part & string)[], ...groups: string[]) =>
    Object.assign(
      { ...part },
      ...fields.flatMap((field) =>
        groups.some((group) => removed.has(`${group}.${field}`)) ? [{ [field]: null }] : [],
      ),
    ) as Part;
  const party = (name: "caller" | "callee" | "customer" | "line") =>
    call[name] && without(call[name], partyFields, name, ...sameParty(call.direction, name));
  const agent = (one: Agent | null) => one && without(one, agentFields, "agent");
  const recordings = (list: Recording[]) =>
    removed.has("recordings") ? [] : list.map((one) => without(one, recordingFields, "recordings"));
  const leg = (one: Leg): Leg => ({
    ...without(one, legFields, "legs"),
    agent: agent(one.agent),
    recordings: recordings(one.recordings),
  });
  const queue = call.queue && without(call.queue, queueFields, "queue");
  const kept = <Value>(name: string, value: Value, empty: Value) => (removed.has(name) ? empty : value);
  const result = {
    ...call,
    caller: party("caller"),
    callee: party("callee"),
    customer: party("customer"),
    line: party("line"),
    agent: agent(call.agent),
    queue: queue?.id === null && queue.name === null ? null : queue,
    hangup: call.hangup && without(call.hangup, ["reason"], "hangup"),
    legs: removed.has("legs") ? [] : call.legs.map(leg),
    recordings: recordings(call.recordings),
    menuKeys: kept("menuKeys", call.menuKeys, []),
    satisfaction: kept("satisfaction", call.satisfaction, null),
    cost: kept("cost", call.cost, null),
    tags: kept("tags", call.tags, []),
    remark: kept("remark", call.remark, null),
    customData: kept("customData", call.customData, null),
    relatedIds: kept("relatedIds", call.relatedIds, {}),
  };
  delete result.raw;
  return result;
}

/** Returns the other name of a party: `customer` and `line` repeat `caller` and `callee`, by the direction. */
function sameParty(direction: FoundCall["direction"], name: string): string[] {
  const pairs =
    direction === "inbound"
      ? [["caller", "customer"] as const, ["callee", "line"] as const]
      : direction === "outbound"
        ? [["callee", "customer"] as const, ["caller", "line"] as const]
        : [];
  return pairs.flatMap(([one, other]) => (name === one ? [other] : name === other ? [one] : []));
}
