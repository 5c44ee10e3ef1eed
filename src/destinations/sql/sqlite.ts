import type { SqlDialect } from "./dialect.js";
import { encodeValue, type ValueForms } from "./encode.js";
import type { StoredType } from "./table.js";
import { deleteByValues, doubleQuoted, insertValues, onConflict } from "./values-statement.js";

const FORMS: ValueForms = { time: (iso) => iso, boolean: Number };

const TYPES: Record<StoredType, string> = {
  key: "text",
  id: "text",
  text: "text",
  seconds: "integer",
  number: "integer",
  bigint: "integer",
  // A number would lose digits.
  decimal: "text",
  boolean: "integer",
  time: "text",
  json: "text",
};

const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/** SQLite 3.35 or later. */
export const sqlite: SqlDialect = {
  name: "SQLite",
  types: TYPES,
  tableOptions: "",
  nowMs: "cast((julianday('now') - 2440587.5) * 86400000 as integer)",
  now: NOW,
  // A statement may have 32,766 parameters.
  maxRows: 200,
  limitIdle: null,
  // It changes nothing, and acquires the only lock of the file.
  lockLeases: (target) => `update ${target} set expires_at = expires_at`,
  quote: doubleQuoted,
  indexed: doubleQuoted,
  encode: (type, value) => encodeValue(type, value, FORMS),
  jsonOf: (columns) => `json_array(${columns.map(({ name }) => doubleQuoted(name)).join(", ")})`,
  insert: (target, table, rows) =>
    insertValues(target, table, rows, { quote: doubleQuoted, now: NOW, onConflict: onConflict(table) }),
  deleteByKeys: (target, columns, keys) => deleteByValues(target, columns.map(doubleQuoted), keys, "values "),
};
