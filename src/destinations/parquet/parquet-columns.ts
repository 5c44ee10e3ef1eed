import type { SchemaElement } from "hyparquet-writer";
import { escapeId, storableJson, storableText } from "../../columns/storable-text.js";
import { callColumns, type CallRecord, type Column, type ColumnType } from "../../index.js";

/** A value as the encoder expects it. Times are milliseconds since 1970. Bytes are UTF-8. */
export type ParquetValue = string | Uint8Array | number | bigint | boolean | null;

/** A column of the file. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  /** Whether the file states the least and the greatest value of each row group, so that programs can skip groups. */
  readonly hasStatistics: boolean;
  /** Whether each call has another value, so that no value is stored once for several calls. */
  readonly isUnique: boolean;
  /** The path of the field in a record, and its rule, for messages. */
  readonly field: string;
  readonly rule: string;
  /** Returns undefined for a value of the wrong type. */
  readonly read: (call: CallRecord) => ParquetValue | undefined;
}

/** Seconds are stored as INT32. */
const MAX_SECONDS = 2 ** 31 - 1;

type ElementType = Omit<SchemaElement, "name" | "repetition_type">;

const TEXT: ElementType = { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } };

/** A decimal number stays text, because the digits of an amount are not limited, and those of Parquet's DECIMAL are. */
const ELEMENTS: Readonly<Record<ColumnType, ElementType>> = {
  text: TEXT,
  id: TEXT,
  decimal: TEXT,
  seconds: { type: "INT32" },
  number: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  time: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  json: { type: "BYTE_ARRAY", converted_type: "JSON", logical_type: { type: "JSON" } },
};

interface Conversion {
  /** The required form of a value, for the message. */
  rule: string;
  /** Returns undefined for a value of the wrong type. */
  convert: (value: unknown) => ParquetValue | undefined;
}

const TEXT_CONVERSION: Conversion = {
  rule: "a text",
  convert: (value) => (typeof value === "string" ? storableText(value) : undefined),
};

const CONVERSIONS: Readonly<Record<ColumnType, Conversion>> = {
  id: { rule: "a text", convert: (value) => (typeof value === "string" ? escapeId(value) : undefined) },
  text: TEXT_CONVERSION,
  decimal: TEXT_CONVERSION,
  seconds: {
    rule: `a whole number from 0 to ${MAX_SECONDS}`,
    convert: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_SECONDS ? value : undefined,
  },
  number: { rule: "a number", convert: (value) => (typeof value === "number" ? value : undefined) },
  boolean: { rule: "true or false", convert: (value) => (typeof value === "boolean" ? value : undefined) },
  time: { rule: "a valid Date", convert: toTime },
  json: { rule: "a list or an object", convert: storableJson },
};

/** The columns that are never null: the parts of the key. A call without an application has an empty text there, as in databases. */
const REQUIRED: ReadonlySet<string> = new Set(["account", "application", "id"]);

/** The columns whose values differ from call to call. */
const UNIQUE: ReadonlySet<string> = new Set(["id", "relatedIds", "recordings", "legs", "raw"]);

/** The columns of a Parquet file: those of `callColumns`, then the legs, then the vendor's row. */
export const parquetColumns: readonly ParquetColumn[] = [
  ...callColumns.map((column: Column<CallRecord>) => toParquetColumn(column)),
  toParquetColumn({ name: "legs", sqlName: "legs", type: "json", read: ({ legs }) => legs }),
  toParquetColumn({ name: "raw", sqlName: "raw", type: "json", read: ({ raw }) => raw }),
];

function toParquetColumn({
  name,
  sqlName,
  type,
  read,
}: Pick<Column<CallRecord>, "name" | "sqlName" | "type" | "read">): ParquetColumn {
  const isRequired = REQUIRED.has(name);
  const isUnique = UNIQUE.has(name);
  const { rule, convert } = CONVERSIONS[type];
  return {
    name: sqlName,
    element: { name: sqlName, ...ELEMENTS[type], repetition_type: isRequired ? "REQUIRED" : "OPTIONAL" },
    // Programs search for times, durations and accounts. The values of other columns are in no order, so that no group can be skipped.
    hasStatistics: type === "time" || type === "seconds" || name === "account",
    isUnique,
    field: name,
    rule: `must be ${rule}${isRequired ? "" : " or null"}`,
    read: (call) => {
      const value = read(call) ?? (name === "application" ? "" : null);
      if (value === null && !isRequired) return null;
      const converted = convert(value);
      // The encoder would create a buffer for each text, and hold it. Node's buffers share their memory.
      return isUnique && typeof converted === "string" ? Buffer.from(converted) : converted;
    },
  };
}

function toTime(value: unknown): bigint | undefined {
  // The class is not checked: in Jest, a Date may be of another realm's class.
  const time: unknown = typeof value === "object" && value !== null && "getTime" in value ? Number(value) : undefined;
  return typeof time === "number" && Number.isInteger(time) ? BigInt(time) : undefined;
}
