import type { SyncChange } from "../../operations/sync/sync-batch.js";
import type { Columns } from "./columns.js";
import { recordColumns } from "./record-columns.js";

/** What a sync hands out, flat: whether the call is new or updated, then the call. */
export const changeColumns: Columns<SyncChange> = {
  all: [
    { name: "change", value: ({ type }) => type, width: 7 },
    ...recordColumns.all.map(({ value, show, ...column }) => ({
      ...column,
      value: ({ record }: SyncChange) => value(record),
      ...(show === undefined ? {} : { show: ({ record }: SyncChange) => show(record) }),
    })),
  ],
  table: ["change", ...recordColumns.table],
};
