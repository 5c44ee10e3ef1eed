import type { SqlDialect } from "./dialect.js";
import { encodeValue, type ValueForms } from "./encode.js";
import type { StoredType, Table } from "./table.js";
import { assignments, deleteByValues, insertValues } from "./values-statement.js";

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

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/** SQLite 3.35 or later. */
export const sqlite: SqlDialect = {
  name: "SQLite",
  types: TYPES,
  tableOptions: "",
  now: NOW,
  nowMs: "cast((julianday('now') - 2440587.5) * 86400000 as integer)",
  // A statement may have 32,766 parameters.
  maxRows: 200,
  limitIdle: null,
  quote,
  indexed: quote,
  encode: (type, value) => encodeValue(type, value, FORMS),
  insert: (target, table, rows) =>
    insertValues(target, table, rows, { quote, now: NOW, onConflict: onConflict(table) }),
  deleteByKeys: (target, columns, keys) => deleteByValues(target, columns.map(quote), keys, "values "),
};

function onConflict(table: Table): string {
  const { primaryKey } = table;
  if (primaryKey.length === 0) return "";
  return ` on conflict (${primaryKey.map(quote).join(", ")}) do update set ${assignments(table, quote, (name) => `excluded.${name}`)}`;
}
