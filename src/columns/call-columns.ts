import type { CallRecord } from "../model/call-record.js";
import { column, jsonColumn } from "./column.js";
import { readCall } from "./read-call.js";

type Reader<Value> = (call: CallRecord) => Value | null | undefined;

const id = <const Name extends string>(name: Name, heading: string, read: Reader<string>) =>
  column(name, heading, "id", read);
const text = <const Name extends string, Value extends string>(name: Name, heading: string, read: Reader<Value>) =>
  column(name, heading, "text", read);
const time = <const Name extends string>(name: Name, heading: string, read: Reader<Date>) =>
  column(name, heading, "time", read);
const seconds = <const Name extends string>(name: Name, heading: string, read: Reader<number>) =>
  column(name, heading, "seconds", read);
const json = <const Name extends string, Value>(
  name: Name,
  heading: string,
  read: (call: CallRecord) => Value,
  toText: (value: Value) => string,
) => jsonColumn(name, heading, read, toText);

/**
 * The columns of call records, in the order of CSV. A column has a name (`caller.number`), a name for databases (`caller_number`), a heading (`caller`), a type,
 * and functions that read it from a record. `legs` and `raw` have no column.
 */
export const callColumns = [
  id("account", "account", (call) => call.account),
  text("provider", "provider", (call) => call.provider),
  id("application", "application", (call) => call.application),
  id("id", "id", (call) => call.id),
  text("direction", "direction", (call) => call.direction),
  text("kind", "kind", (call) => call.kind),
  text("state", "state", (call) => call.state),
  text("outcome", "outcome", (call) => call.outcome),
  text("caller.number", "caller", (call) => call.caller?.number),
  text("caller.e164", "caller e164", (call) => call.caller?.e164),
  text("callee.number", "callee", (call) => call.callee?.number),
  text("callee.e164", "callee e164", (call) => call.callee?.e164),
  text("customer.number", "customer", (call) => call.customer?.number),
  text("customer.e164", "customer e164", (call) => call.customer?.e164),
  text("line.number", "line", (call) => call.line?.number),
  text("line.e164", "line e164", (call) => call.line?.e164),
  id("agent.id", "agent id", (call) => call.agent?.id),
  text("agent.name", "agent", (call) => call.agent?.name),
  id("agent.groupId", "group id", (call) => call.agent?.groupId),
  text("agent.groupName", "group", (call) => call.agent?.groupName),
  id("queue.id", "queue id", (call) => call.queue?.id),
  text("queue.name", "queue", (call) => call.queue?.name),
  time("startedAt", "started", (call) => call.startedAt),
  time("queuedAt", "queued", (call) => call.queuedAt),
  time("ringingAt", "ringing", (call) => call.ringingAt),
  time("answeredAt", "answered", (call) => call.answeredAt),
  time("endedAt", "ended", (call) => call.endedAt),
  seconds("ringSeconds", "ring", (call) => call.ringSeconds),
  seconds("waitSeconds", "wait", (call) => call.waitSeconds),
  seconds("talkSeconds", "talk", (call) => call.talkSeconds),
  seconds("ivrSeconds", "menu", (call) => call.ivrSeconds),
  text("hangup.by", "hangup by", (call) => call.hangup?.by),
  text("hangup.code", "hangup code", (call) => call.hangup?.code),
  text("hangup.reason", "reason", (call) => call.hangup?.reason),
  column("transferred", "transferred", "boolean", (call: CallRecord) => call.transferred),
  json(
    "menuKeys",
    "keys",
    (call) => call.menuKeys,
    (keys) => joined(keys.map(({ key }) => key)),
  ),
  text("satisfaction.key", "rating", (call) => call.satisfaction?.key),
  text("satisfaction.label", "satisfaction", (call) => call.satisfaction?.label),
  column("cost.amount", "cost", "decimal", (call: CallRecord) => call.cost?.amount),
  text("cost.currency", "currency", (call) => call.cost?.currency),
  json(
    "recordings",
    "recordings",
    (call) => call.recordings,
    (list) => joined(list.map(({ url, id }) => url ?? id)),
  ),
  json("tags", "tags", (call) => call.tags, joined),
  text("remark", "remark", (call) => call.remark),
  text("customData", "custom data", (call) => call.customData),
  json(
    "relatedIds",
    "related ids",
    (call) => call.relatedIds,
    (ids) => joined(Object.entries(ids).map((one) => one.join("="))),
  ),
  time("updatedAt", "updated", (call) => call.updatedAt),
] as const;

/** A column of {@link callColumns}. */
export type CallColumn = (typeof callColumns)[number];

/** The name of a column of {@link callColumns}, such as `caller.number`. */
export type CallColumnName = CallColumn["name"];

/** A call as one flat row: a value for each column, by its name. Unknown values are null. */
export type CallRow = { [One in CallColumn as One["name"]]: ReturnType<One["read"]> };

/**
 * Returns a call as one flat row, such as `{ account: "hotline", "caller.number": "13800138000", startedAt: Date, tags: ["VIP"], … }`. It contains the values of
 * the record itself: times are `Date`, and lists are lists.
 * @throws RequestError when `call` is not a call record.
 */
export function toRow(call: CallRecord): CallRow {
  return readCall(
    "toRow: argument `call`",
    null,
    call,
    (record) =>
      // The type is derived from the same list.
      Object.fromEntries(callColumns.map(({ name, read }) => [name, read(record)])) as CallRow,
  );
}

/** Joins a list in one cell. */
function joined(values: readonly (string | null)[]): string {
  return values.filter((value) => value !== null).join(" ");
}
