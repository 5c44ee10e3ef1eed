import type { ColumnType } from "../../columns/column.js";
import { escapeId, storableJson, storableText } from "../../columns/storable-text.js";
import { isDate } from "../../model/instant.js";

/** A value as a database receives it. */
export type StoredValue = string | number | null;

/** The differences between the values of databases. */
export interface ValueForms {
  /** Returns a time as text. @param iso in ISO 8601, in UTC. */
  time: (iso: string) => string;
  boolean: (value: boolean) => StoredValue;
}

/** Returns a value of a column as a database receives it. */
export function encodeValue(type: ColumnType, value: unknown, forms: ValueForms): StoredValue {
  if (type === "json") return value === null ? null : storableJson(value);
  if (value === null || typeof value === "number") return value;
  if (typeof value === "boolean") return forms.boolean(value);
  if (type === "time" && typeof value === "string") return forms.time(value);
  if (typeof value === "string") return type === "id" ? escapeId(value) : type === "text" ? storableText(value) : value;
  if (isDate(value)) return forms.time(value.toISOString());
  throw new TypeError(`A value of the type ${typeof value} cannot be stored as ${type}.`);
}
