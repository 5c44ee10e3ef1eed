import type { SqlDialect } from "./dialect.js";
import { encodeValue, type StoredValue, type ValueForms } from "./encode.js";
import type { Row, StoredType } from "./table.js";
import { doubleQuoted, onConflict } from "./values-statement.js";

const FORMS: ValueForms = { time: (iso) => iso, boolean: String };

const TYPES: Record<StoredType, string> = {
  key: "text",
  id: "text",
  text: "text",
  seconds: "integer",
  number: "integer",
  bigint: "bigint",
  decimal: "numeric",
  boolean: "boolean",
  time: "timestamptz",
  json: "jsonb",
};

const NOW = "clock_timestamp()";

/** PostgreSQL 12 or later. */
export const postgres: SqlDialect = {
  name: "PostgreSQL",
  types: TYPES,
  tableOptions: "",
  nowMs: "(extract(epoch from clock_timestamp()) * 1000)::bigint",
  now: NOW,
  maxRows: 1_000,
  limitIdle: (ms) => `select set_config('idle_in_transaction_session_timeout', '${ms}', true)`,
  lockLeases: (target) => `lock table ${target} in share row exclusive mode`,
  quote: doubleQuoted,
  indexed: doubleQuoted,
  encode: (type, value) => encodeValue(type, value, FORMS),
  jsonOf: (columns) => `cast(json_build_array(${columns.map(readable).join(", ")}) as text)`,
  // One array for each column: its statement is always the same, and takes a third of the time of a list of values. In the list of `select`, `unnest` takes half
  // the time that it takes in `from`, where the server stores its rows first.
  insert(target, table, rows) {
    const { columns, hasSyncTimes } = table;
    const names = columns.map(({ name }) => doubleQuoted(name));
    const arrays = columns.map(({ type }, index) => elementsOf(type, `$${index + 1}`));
    const syncedAt = hasSyncTimes ? { name: ', "synced_at"', value: `, ${NOW}` } : { name: "", value: "" };
    return {
      text: `insert into ${target} (${names.join(", ")}${syncedAt.name}) select ${arrays.join(", ")}${syncedAt.value}${onConflict(table)}`,
      parameters: arraysOf(
        columns.map(({ type }) => type),
        rows,
      ),
    };
  },
  deleteByKeys(target, columns, keys) {
    const names = columns.map(doubleQuoted).join(", ");
    const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(", ");
    return {
      text: `delete from ${target} where (${names}) in (select * from unnest(${arrays}))`,
      parameters: arraysOf(
        columns.map(() => "key"),
        keys,
      ),
    };
  },
};

function readable({ name, type }: { name: string; type: StoredType }): string {
  const column = doubleQuoted(name);
  if (type === "time") return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  return type === "decimal" ? `cast(${column} as text)` : column;
}

/** Returns the elements of a parameter. JSON is one document, which the server reads faster than an array of quoted documents. */
function elementsOf(type: StoredType, parameter: string): string {
  if (type === "json") return `nullif(jsonb_array_elements(${parameter}::jsonb), 'null')`;
  return `unnest(${parameter}::${TYPES[type]}[])`;
}

/** Returns a literal of an array for each column. The driver would take longer to write it. */
function arraysOf(types: readonly StoredType[], rows: readonly Row[]): string[] {
  return types.map((type, index) => {
    const [start, end, element] = type === "json" ? (["[", "]", jsonOf] as const) : (["{", "}", elementOf] as const);
    const last = rows.length - 1;
    // The brackets are joined with the elements: a long text is copied when something is added to it.
    return rows
      .map((row, place) => `${place === 0 ? start : ""}${element(row[index] ?? null)}${place === last ? end : ""}`)
      .join(",");
  });
}

function jsonOf(value: StoredValue): string {
  return value === null ? "null" : String(value);
}

function elementOf(value: StoredValue): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : `"${value}"`;
}
