import { callColumns } from "../../columns/call-columns.js";
import type { Column } from "../../columns/column.js";
import { legColumns } from "../../columns/leg-columns.js";
import { recordingColumns } from "../../columns/recording-columns.js";
import type { CallRecord, Leg, Recording } from "../../model/call-record.js";
import type { StoredType, Table, TableColumn } from "./table.js";

/** A part of a call with its place in the call. */
export interface Placed<Part> {
  call: CallRecord;
  position: number;
  part: Part;
}

/** A recording of a call or of one of its legs. */
export interface PlacedRecording extends Placed<Recording> {
  /** The position of the leg; null for a recording of the whole call. */
  legPosition: number | null;
}

/** A table whose rows are read from values of one type. */
export interface SourceTable<Source> extends Table {
  columns: readonly SourceColumn<Source>[];
}

export interface SourceColumn<Source> extends TableColumn {
  type: Exclude<StoredType, "bigint">;
  read: (source: Source) => unknown;
}

type Key = Pick<CallRecord, "account" | "application" | "id">;

/** The primary key of a call. A null application is stored as `''`, because a primary key cannot be null. */
function keyColumns<Source>(callOf: (source: Source) => Key, idName: string): SourceColumn<Source>[] {
  return [
    { name: "account", type: "key", nullable: false, read: (source) => callOf(source).account },
    { name: "application", type: "key", nullable: false, read: (source) => callOf(source).application ?? "" },
    { name: idName, type: "key", nullable: false, read: (source) => callOf(source).id },
  ];
}

/** @param required the columns that are never null. */
function sourceColumns<Part, Source>(
  columns: readonly Column<Part>[],
  partOf: (source: Source) => Part,
  required: readonly string[],
) {
  return columns.map(({ sqlName, type, read }): SourceColumn<Source> => ({
    name: sqlName,
    type,
    nullable: !required.includes(sqlName),
    read: (source) => read(partOf(source)),
  }));
}

const KEY = new Set(["account", "application", "id"]);

/** The calls. Recordings have their own table. */
export const callTable: SourceTable<CallRecord> = {
  name: "call_records",
  columns: [
    ...keyColumns((call: CallRecord) => call, "id"),
    ...sourceColumns<CallRecord, CallRecord>(
      callColumns.filter(({ sqlName }) => !KEY.has(sqlName) && sqlName !== "recordings"),
      (call) => call,
      ["provider", "direction", "kind", "state", "started_at"],
    ),
    { name: "raw", type: "json", nullable: true, read: (call) => call.raw ?? null },
  ],
  primaryKey: ["account", "application", "id"],
  indexes: [
    ["started_at"],
    ["account", "started_at"],
    ["customer_number", "started_at"],
    ["line_number", "started_at"],
    ["customer_e164", "started_at"],
    ["agent_id", "started_at"],
  ],
  hasSyncTimes: true,
};

/** The legs of calls, which are replaced with their call. */
export const legTable: SourceTable<Placed<Leg>> = {
  name: "call_legs",
  columns: [
    ...keyColumns(({ call }: Placed<Leg>) => call, "call_id"),
    { name: "position", type: "number", nullable: false, read: ({ position }) => position },
    ...sourceColumns<Leg, Placed<Leg>>(legColumns, ({ part }) => part, ["role"]),
  ],
  primaryKey: ["account", "application", "call_id", "position"],
  indexes: [["agent_id", "started_at"]],
  hasSyncTimes: false,
};

/** The recordings of calls and of their legs, which are replaced with their call. */
export const recordingTable: SourceTable<PlacedRecording> = {
  name: "call_recordings",
  columns: [
    ...keyColumns(({ call }: PlacedRecording) => call, "call_id"),
    { name: "leg_position", type: "number", nullable: true, read: ({ legPosition }) => legPosition },
    { name: "position", type: "number", nullable: false, read: ({ position }) => position },
    ...sourceColumns<Recording, PlacedRecording>(recordingColumns, ({ part }) => part, ["kind"]),
  ],
  primaryKey: [],
  indexes: [["account", "application", "call_id"]],
  hasSyncTimes: false,
};

/** Returns the legs of calls. */
export function legsOf(calls: readonly CallRecord[]): Placed<Leg>[] {
  return calls.flatMap((call) => call.legs.map((part, position) => ({ call, position, part })));
}

/** Returns the recordings of calls and of their legs. */
export function recordingsOf(calls: readonly CallRecord[]): PlacedRecording[] {
  return calls.flatMap((call) => [
    ...placed(call, null, call.recordings),
    ...call.legs.flatMap((leg, legPosition) => placed(call, legPosition, leg.recordings)),
  ]);
}

function placed(call: CallRecord, legPosition: number | null, recordings: readonly Recording[]): PlacedRecording[] {
  return recordings.map((part, position) => ({ call, legPosition, position, part }));
}
