import type { SqlDialect } from "./dialect.js";
import { encodeValue, type StoredValue, type ValueForms } from "./encode.js";
import type { Row, StoredType } from "./table.js";
import { assignments } from "./values-statement.js";

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

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** PostgreSQL 12 or later. */
export const postgres: SqlDialect = {
  name: "PostgreSQL",
  types: TYPES,
  tableOptions: "",
  now: "clock_timestamp()",
  nowMs: "(extract(epoch from clock_timestamp()) * 1000)::bigint",
  maxRows: 1_000,
  quote,
  indexed: quote,
  encode: (type, value) => encodeValue(type, value, FORMS),
  // One array for each column: its statement is always the same, and takes half the time of a list of values.
  insert(target, table, rows) {
    const { columns, primaryKey, hasSyncTimes } = table;
    const names = columns.map(({ name }) => quote(name));
    const arrays = columns.map(({ type }, index) => `$${index + 1}::${TYPES[type]}[]`);
    const syncedAt = hasSyncTimes ? { name: ', "synced_at"', value: ", clock_timestamp()" } : { name: "", value: "" };
    const conflict =
      primaryKey.length === 0
        ? ""
        : ` on conflict (${primaryKey.map(quote).join(", ")}) do update set ${assignments(table, quote, (name) => `excluded.${name}`)}`;
    return {
      text: `insert into ${target} (${names.join(", ")}${syncedAt.name}) select *${syncedAt.value} from unnest(${arrays.join(", ")})${conflict}`,
      parameters: arraysOf(columns.length, rows),
    };
  },
  deleteByKeys(target, columns, keys) {
    const names = columns.map(quote).join(", ");
    const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(", ");
    return {
      text: `delete from ${target} where (${names}) in (select * from unnest(${arrays}))`,
      parameters: arraysOf(columns.length, keys),
    };
  },
};

/** Returns a literal of an array for each column. The driver would take longer to write it. */
function arraysOf(columns: number, rows: readonly Row[]): string[] {
  return Array.from(
    { length: columns },
    (_, index) => `{${rows.map((row) => elementOf(row[index] ?? null)).join(",")}}`,
  );
}

function elementOf(value: StoredValue): string {
  return value === null ? "NULL" : `"${String(value).replace(/["\\]/g, "\\$&")}"`;
}
