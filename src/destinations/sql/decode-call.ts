import { callColumns } from "../../columns/call-columns.js";
import type { Column } from "../../columns/column.js";
import { legColumns } from "../../columns/leg-columns.js";
import { recordingColumns } from "../../columns/recording-columns.js";
import { unescapeId } from "../../columns/storable-text.js";
import type { ReadCall } from "../../index.js";
import type { TableColumn } from "./table.js";

/** The columns of a table that are read, and how a row becomes an object. */
export interface Decoder<Decoded> {
  columns: readonly Pick<TableColumn, "name" | "type">[];
  /** @param values the values of the columns, as JSON. */
  decode: (values: readonly unknown[]) => Decoded;
}

/** A call without its legs and recordings, with the keys by which they are found. */
export interface DecodedCall {
  call: ReadCall;
  /** The stored application and id. */
  application: string;
  id: string;
  /** The stored start in ISO 8601, with all of its digits. */
  startedAt: string;
}

/** A part of a call. */
export interface DecodedPart {
  /** The stored application and id of its call. */
  application: string;
  id: string;
  position: number;
  /** The leg of a recording; null for a leg, and for a recording of the whole call. */
  legPosition: number | null;
  part: Record<string, unknown>;
}

type AnyColumn = Pick<Column<never>, "name" | "sqlName" | "type">;

const KEY = ["account", "application", "id"];
const callFields = callColumns.filter(({ sqlName }) => !KEY.includes(sqlName) && sqlName !== "recordings");
const keyColumns = (idName: string) => [
  { name: "application", type: "key" as const },
  { name: idName, type: "key" as const },
];
const stored = (columns: readonly AnyColumn[]) => columns.map(({ sqlName, type }) => ({ name: sqlName, type }));

/** Decodes the rows of the calls of one account. */
export function callDecoder(account: string): Decoder<DecodedCall> {
  return {
    columns: [...keyColumns("id"), { name: "delisted_at", type: "time" }, ...stored(callFields)],
    decode: ([application, id, delistedAt, ...values]) => {
      const startedAt = textOf(values[callFields.findIndex(({ name }) => name === "startedAt")]);
      return {
        application: textOf(application),
        id: textOf(id),
        startedAt,
        call: {
          ...nest(callFields, values),
          account,
          application: application === "" ? null : unescapeId(textOf(application)),
          id: unescapeId(textOf(id)),
          startedAt: new Date(startedAt),
          delistedAt: delistedAt === null ? null : new Date(textOf(delistedAt)),
        },
      };
    },
  };
}

export const legDecoder: Decoder<DecodedPart> = {
  columns: [...keyColumns("call_id"), { name: "position", type: "number" }, ...stored(legColumns)],
  decode: ([application, id, position, ...values]) => ({
    application: textOf(application),
    id: textOf(id),
    position: Number(position),
    legPosition: null,
    part: nest(legColumns, values),
  }),
};

export const recordingDecoder: Decoder<DecodedPart> = {
  columns: [
    ...keyColumns("call_id"),
    { name: "position", type: "number" },
    { name: "leg_position", type: "number" },
    ...stored(recordingColumns),
  ],
  decode: ([application, id, position, legPosition, ...values]) => {
    const { recordingId, ...rest } = nest(recordingColumns, values);
    return {
      application: textOf(application),
      id: textOf(id),
      position: Number(position),
      legPosition: legPosition === null ? null : Number(legPosition),
      part: { id: recordingId, ...rest },
    };
  },
};

/** Returns the object whose fields the columns contain: `agent.id` is the field `id` of the field `agent`, which is null if all of its fields are. */
function nest(columns: readonly AnyColumn[], values: readonly unknown[]): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [index, { name, type }] of columns.entries()) {
    const [field = name, inner] = name.split(".");
    const value = decodeValue(type, values[index] ?? null);
    if (inner === undefined) nested[field] = value;
    else if (value === null) nested[field] ??= null;
    else nested[field] = { ...nullsOf(columns, field), ...(nested[field] ?? {}), [inner]: value };
  }
  return nested;
}

/** Returns an object of these columns in which each field is null. */
function nullsOf(columns: readonly AnyColumn[], field: string): Record<string, null> {
  const inner = columns.flatMap(({ name }) => (name.startsWith(`${field}.`) ? [name.slice(field.length + 1)] : []));
  return Object.fromEntries(inner.map((name) => [name, null]));
}

function decodeValue(type: AnyColumn["type"], value: unknown): unknown {
  if (value === null) return null;
  switch (type) {
    case "id":
      return unescapeId(textOf(value));
    case "text":
    case "decimal":
      return textOf(value);
    case "seconds":
    case "number":
      return Number(value);
    case "boolean":
      return value === true || value === 1;
    case "time":
      return new Date(textOf(value));
    case "json":
      return withTimes(typeof value === "string" ? (JSON.parse(value) as unknown) : value);
  }
}

/** Returns a value of JSON as text. Texts are unchanged. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Returns the keys that a caller pressed with their times as `Date`. Other JSON is returned unchanged. */
function withTimes(json: unknown): unknown {
  if (!Array.isArray(json)) return json;
  return json.map((item: unknown) =>
    typeof item === "object" && item !== null && "at" in item && typeof item.at === "string"
      ? { ...item, at: new Date(item.at) }
      : item,
  );
}
