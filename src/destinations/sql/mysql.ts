import type { SqlDialect } from "./dialect.js";
import { encodeValue, type ValueForms } from "./encode.js";
import type { StoredType, Table } from "./table.js";
import { assignments, deleteByValues, insertValues } from "./values-statement.js";

/** `2026-10-01 08:00:00.000`, in UTC. */
const FORMS: ValueForms = {
  time: (iso) => iso.replace("T", " ").replace("Z", ""),
  boolean: Number,
};

const TYPES: Record<StoredType, string> = {
  // A primary key may have 3,072 bytes: three of these, of four bytes each, fit.
  key: "varchar(191)",
  id: "mediumtext",
  text: "mediumtext",
  seconds: "int",
  number: "int",
  bigint: "bigint",
  decimal: "decimal(38, 18)",
  boolean: "boolean",
  time: "datetime(3)",
  // The type JSON of MariaDB refuses JSON of more than 32 levels, and that of MySQL changes numbers. Their JSON functions read text.
  json: "mediumtext",
};

const quote = (name: string) => `\`${name.replaceAll("`", "``")}\``;
/** The beginning of a long text that an index contains. */
const INDEXED_LENGTH = 64;
const NOW = "utc_timestamp(3)";
/** The date of the epoch, from which MySQL measures a time in UTC. */
const NOW_MS = "timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000";

/** Returns the dialect of a server. @param version as `select version()` returns it. */
export function mysql(version: string): SqlDialect {
  const isMariaDb = /mariadb/i.test(version);
  // Binary, and without padding: `id` and `id ` differ.
  const collation = isMariaDb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
  return {
    name: isMariaDb ? "MariaDB" : "MySQL",
    types: TYPES,
    tableOptions: ` engine = InnoDB character set utf8mb4 collate ${collation}`,
    nowMs: NOW_MS,
    now: NOW,
    maxRows: 200,
    // Its variables are those of the connection, which belongs to the caller.
    limitIdle: null,
    // In a repeatable read, it also locks the place of every row that another writer would insert.
    lockLeases: (target) => `select account from ${target} for update`,
    quote,
    indexed: (column, type) => (TYPES[type] === "mediumtext" ? `${quote(column)}(${INDEXED_LENGTH})` : quote(column)),
    encode: (type, value) => encodeValue(type, value, FORMS),
    jsonOf: (columns) => `cast(json_array(${columns.map(readable).join(", ")}) as char)`,
    insert: (target, table, rows) =>
      insertValues(target, table, rows, { quote, now: NOW, onConflict: onDuplicate(table) }),
    deleteByKeys: (target, columns, keys) => deleteByValues(target, columns.map(quote), keys),
  };
}

function readable({ name, type }: { name: string; type: StoredType }): string {
  const text = `cast(${quote(name)} as char)`;
  if (type === "time") return `concat(replace(${text}, ' ', 'T'), 'Z')`;
  // The column has 18 decimal places.
  return type === "decimal" ? `trim(trailing '.' from trim(trailing '0' from ${text}))` : quote(name);
}

function onDuplicate(table: Table): string {
  if (table.primaryKey.length === 0) return "";
  return ` on duplicate key update ${assignments(table, quote, (name) => `values(${name})`)}`;
}
