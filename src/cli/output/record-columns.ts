import type { CallRecord } from "../../model/call-record.js";
import type { SyncChange } from "../../operations/sync/sync-batch.js";
import { clockTime, type Column, type Columns, joined } from "./columns.js";

type TimeField = "startedAt" | "queuedAt" | "ringingAt" | "answeredAt" | "endedAt" | "updatedAt";

function time(name: TimeField, heading: string): Column<CallRecord> {
  return { name, heading, value: (call) => call[name], width: 16, maxWidth: 19 };
}

function duration(name: string, heading: string, value: (call: CallRecord) => number | null): Column<CallRecord> {
  return { name, heading, value, show: (call) => clockTime(value(call)), width: 7, align: "right" };
}

const all: Column<CallRecord>[] = [
  { name: "account", value: ({ account }) => account, width: 11, maxWidth: 24 },
  { name: "provider", value: ({ provider }) => provider, width: 11 },
  { name: "application", value: ({ application }) => application, width: 11 },
  { name: "id", value: ({ id }) => id, width: 19, maxWidth: 36 },
  { name: "direction", value: ({ direction }) => direction, width: 9 },
  { name: "kind", value: ({ kind }) => kind, width: 13 },
  { name: "state", value: ({ state }) => state, width: 11 },
  { name: "outcome", value: ({ outcome }) => outcome, width: 9, maxWidth: 14 },
  { name: "caller.number", heading: "caller", value: ({ caller }) => caller?.number ?? null, width: 16, maxWidth: 18 },
  { name: "caller.e164", value: ({ caller }) => caller?.e164 ?? null, width: 15 },
  { name: "callee.number", heading: "callee", value: ({ callee }) => callee?.number ?? null, width: 16, maxWidth: 18 },
  { name: "callee.e164", value: ({ callee }) => callee?.e164 ?? null, width: 15 },
  {
    name: "customer.number",
    heading: "customer",
    value: ({ customer }) => customer?.number ?? null,
    width: 16,
    maxWidth: 18,
  },
  { name: "customer.e164", value: ({ customer }) => customer?.e164 ?? null, width: 15 },
  { name: "line.number", heading: "line", value: ({ line }) => line?.number ?? null, width: 16, maxWidth: 18 },
  { name: "line.e164", value: ({ line }) => line?.e164 ?? null, width: 15 },
  { name: "agent.id", value: ({ agent }) => agent?.id ?? null, width: 10, maxWidth: 24 },
  { name: "agent.name", heading: "agent", value: ({ agent }) => agent?.name ?? null, width: 10, maxWidth: 24 },
  {
    name: "agent.groupName",
    heading: "group",
    value: ({ agent }) => agent?.groupName ?? null,
    width: 10,
    maxWidth: 24,
  },
  { name: "queue.id", value: ({ queue }) => queue?.id ?? null, width: 10, maxWidth: 24 },
  { name: "queue.name", heading: "queue", value: ({ queue }) => queue?.name ?? null, width: 10, maxWidth: 24 },
  time("startedAt", "started"),
  time("queuedAt", "queued"),
  time("ringingAt", "ringing"),
  time("answeredAt", "answered"),
  time("endedAt", "ended"),
  duration("ringSeconds", "ring", (call) => call.ringSeconds),
  duration("waitSeconds", "wait", (call) => call.waitSeconds),
  duration("talkSeconds", "talk", (call) => call.talkSeconds),
  duration("ivrSeconds", "menu", (call) => call.ivrSeconds),
  { name: "hangup.by", value: ({ hangup }) => hangup?.by ?? null, width: 9 },
  { name: "hangup.code", value: ({ hangup }) => hangup?.code ?? null, width: 11 },
  { name: "hangup.reason", heading: "reason", value: ({ hangup }) => hangup?.reason ?? null, width: 20, maxWidth: 40 },
  { name: "transferred", value: ({ transferred }) => transferred, width: 11 },
  {
    name: "menuKeys",
    heading: "keys",
    value: ({ menuKeys }) => joined(menuKeys.map(({ key }) => key)),
    width: 8,
    maxWidth: 20,
  },
  { name: "satisfaction.key", heading: "rating", value: ({ satisfaction }) => satisfaction?.key ?? null, width: 7 },
  {
    name: "satisfaction.label",
    heading: "satisfaction",
    value: ({ satisfaction }) => satisfaction?.label ?? null,
    width: 12,
    maxWidth: 24,
  },
  { name: "cost.amount", heading: "cost", value: ({ cost }) => cost?.amount ?? null, width: 9, align: "right" },
  { name: "cost.currency", heading: "currency", value: ({ cost }) => cost?.currency ?? null, width: 8 },
  {
    name: "recordings",
    value: ({ recordings }) => joined(recordings.map(({ url, id }) => url ?? id)),
    width: 20,
    maxWidth: 60,
  },
  { name: "tags", value: ({ tags }) => joined(tags), width: 12, maxWidth: 30 },
  { name: "remark", value: ({ remark }) => remark, width: 16, maxWidth: 40 },
  { name: "customData", value: ({ customData }) => customData, width: 12, maxWidth: 30 },
  time("updatedAt", "updated"),
];

/** The columns of call records. */
export const recordColumns: Columns<CallRecord> = {
  all,
  table: [
    "startedAt",
    "caller.number",
    "callee.number",
    "outcome",
    "talkSeconds",
    "account",
    "direction",
    "agent.name",
    "hangup.reason",
    "remark",
  ],
};

/** The columns of sync changes: whether the call is new or updated, then the call. */
export const changeColumns: Columns<SyncChange> = {
  all: [
    { name: "change", value: ({ type }) => type, width: 7 },
    ...all.map(({ value, show, ...column }) => ({
      ...column,
      value: ({ record }: SyncChange) => value(record),
      ...(show === undefined ? {} : { show: ({ record }: SyncChange) => show(record) }),
    })),
  ],
  table: ["change", ...recordColumns.table],
};

/** The columns of active calls. */
export function activeColumns(now: () => number): Columns<CallRecord> {
  const ageSeconds = ({ startedAt }: CallRecord) => Math.max(0, Math.round((now() - startedAt.getTime()) / 1000));
  return {
    all: [...all, duration("ageSeconds", "for", ageSeconds)],
    table: ["state", "ageSeconds", "caller.number", "callee.number", "account", "direction", "agent.name", "startedAt"],
  };
}
