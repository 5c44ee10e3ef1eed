import type { CallRecord } from "../../model/call-record.js";
import { clockTime, type Column, type Columns, joined } from "./columns.js";

const all: Column<CallRecord>[] = [
  { name: "account", value: ({ account }) => account, width: 11, most: 24 },
  { name: "provider", value: ({ provider }) => provider, width: 11 },
  { name: "application", value: ({ application }) => application, width: 11 },
  { name: "id", value: ({ id }) => id, width: 19, most: 36 },
  { name: "direction", value: ({ direction }) => direction, width: 9 },
  { name: "kind", value: ({ kind }) => kind, width: 13 },
  { name: "state", value: ({ state }) => state, width: 11 },
  { name: "outcome", value: ({ outcome }) => outcome, width: 9, most: 14 },
  { name: "caller.number", heading: "caller", value: ({ caller }) => caller?.number ?? null, width: 16, most: 18 },
  { name: "caller.e164", value: ({ caller }) => caller?.e164 ?? null, width: 15 },
  { name: "callee.number", heading: "callee", value: ({ callee }) => callee?.number ?? null, width: 16, most: 18 },
  { name: "callee.e164", value: ({ callee }) => callee?.e164 ?? null, width: 15 },
  { name: "agent.id", value: ({ agent }) => agent?.id ?? null, width: 10, most: 24 },
  { name: "agent.name", heading: "agent", value: ({ agent }) => agent?.name ?? null, width: 10, most: 24 },
  { name: "agent.groupName", heading: "group", value: ({ agent }) => agent?.groupName ?? null, width: 10, most: 24 },
  { name: "startedAt", heading: "started", value: ({ startedAt }) => startedAt, width: 16, most: 19 },
  { name: "queuedAt", heading: "queued", value: ({ queuedAt }) => queuedAt, width: 16, most: 19 },
  { name: "ringingAt", heading: "ringing", value: ({ ringingAt }) => ringingAt, width: 16, most: 19 },
  { name: "answeredAt", heading: "answered", value: ({ answeredAt }) => answeredAt, width: 16, most: 19 },
  { name: "endedAt", heading: "ended", value: ({ endedAt }) => endedAt, width: 16, most: 19 },
  {
    name: "ringSeconds",
    heading: "ring",
    value: ({ ringSeconds }) => ringSeconds,
    show: ({ ringSeconds }) => clockTime(ringSeconds),
    width: 7,
    align: "right",
  },
  {
    name: "talkSeconds",
    heading: "talk",
    value: ({ talkSeconds }) => talkSeconds,
    show: ({ talkSeconds }) => clockTime(talkSeconds),
    width: 7,
    align: "right",
  },
  {
    name: "ivrSeconds",
    heading: "menu",
    value: ({ ivrSeconds }) => ivrSeconds,
    show: ({ ivrSeconds }) => clockTime(ivrSeconds),
    width: 7,
    align: "right",
  },
  { name: "hangup.by", value: ({ hangup }) => hangup?.by ?? null, width: 9 },
  { name: "hangup.code", value: ({ hangup }) => hangup?.code ?? null, width: 11 },
  { name: "hangup.reason", heading: "reason", value: ({ hangup }) => hangup?.reason ?? null, width: 20, most: 40 },
  {
    name: "recordings",
    value: ({ recordings }) => joined(recordings.map(({ url, id }) => url ?? id)),
    width: 20,
    most: 60,
  },
  { name: "tags", value: ({ tags }) => joined(tags), width: 12, most: 30 },
  { name: "remark", value: ({ remark }) => remark, width: 16, most: 40 },
  { name: "customData", value: ({ customData }) => customData, width: 12, most: 30 },
  { name: "updatedAt", heading: "updated", value: ({ updatedAt }) => updatedAt, width: 16, most: 19 },
];

/** Call records, flat. */
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

/** Calls that go on at an instant. */
export function activeColumns(now: () => number): Columns<CallRecord> {
  const seconds = ({ startedAt }: CallRecord) => Math.max(0, Math.round((now() - startedAt.getTime()) / 1000));
  const age: Column<CallRecord> = {
    name: "ageSeconds",
    heading: "for",
    value: seconds,
    show: (call) => clockTime(seconds(call)),
    width: 7,
    align: "right",
  };
  return {
    all: [...all, age],
    table: ["state", "ageSeconds", "caller.number", "callee.number", "account", "direction", "agent.name", "startedAt"],
  };
}
