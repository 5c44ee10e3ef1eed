import { callColumns } from "../../columns/call-columns.js";
import { column, columnsWithin } from "../../columns/column.js";
import type { CallRecord } from "../../model/call-record.js";
import type { SyncChange } from "../../operations/sync/sync-batch.js";
import type { Columns } from "./columns.js";

const widths: Columns<CallRecord>["widths"] = {
  account: [11, 24],
  provider: [11, 11],
  application: [11, 11],
  id: [19, 36],
  direction: [9, 9],
  kind: [13, 13],
  state: [11, 11],
  outcome: [9, 14],
  "caller.number": [16, 18],
  "caller.e164": [15, 15],
  "callee.number": [16, 18],
  "callee.e164": [15, 15],
  "customer.number": [16, 18],
  "customer.e164": [15, 15],
  "line.number": [16, 18],
  "line.e164": [15, 15],
  "hangup.reason": [20, 40],
  recordings: [20, 60],
  remark: [16, 40],
};

/** The columns of call records. */
export const recordColumns: Columns<CallRecord> = {
  all: callColumns,
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
  widths,
};

/** The columns of sync changes: whether the call is new or updated, then the call. */
export const changeColumns: Columns<SyncChange> = {
  all: [
    column("change", "change", "text", ({ type }: SyncChange) => type),
    ...columnsWithin(callColumns, ({ record }: SyncChange) => record),
  ],
  table: ["change", ...recordColumns.table],
  widths: { ...widths, change: [7, 7] },
};

/** The columns of active calls. */
export function activeColumns(now: () => number): Columns<CallRecord> {
  return {
    all: [
      ...callColumns,
      column("ageSeconds", "for", "seconds", ({ startedAt }: CallRecord) =>
        Math.max(0, Math.round((now() - startedAt.getTime()) / 1000)),
      ),
    ],
    table: ["state", "ageSeconds", "caller.number", "callee.number", "account", "direction", "agent.name", "startedAt"],
    widths,
  };
}
