import type { Statement } from "./dialect.js";
import type { Row, Table } from "./table.js";

/**
 * Returns the statement that inserts rows as one list of values.
 * @param onConflict what follows the values where a row may exist.
 * @param now the expression for the column `synced_at`.
 */
export function insertValues(
  target: string,
  { columns, hasSyncTimes }: Table,
  rows: readonly Row[],
  { quote, now, onConflict }: { quote: (name: string) => string; now: string; onConflict: string },
): Statement {
  const names = [...columns.map(({ name }) => name), ...(hasSyncTimes ? ["synced_at"] : [])].map(quote);
  const one = `(${columns.map(() => "?").join(", ")}${hasSyncTimes ? `, ${now}` : ""})`;
  return {
    text: `insert into ${target} (${names.join(", ")}) values ${rows.map(() => one).join(", ")}${onConflict}`,
    parameters: rows.flat(),
  };
}

/** Returns the statement that deletes rows by a list of keys. @param list what precedes the keys in the list. */
export function deleteByValues(target: string, columns: readonly string[], keys: readonly Row[], list = ""): Statement {
  const one = `(${columns.map(() => "?").join(", ")})`;
  return {
    text: `delete from ${target} where (${columns.join(", ")}) in (${list}${keys.map(() => one).join(", ")})`,
    parameters: keys.flat(),
  };
}

/** Returns a name quoted as in the standard of SQL. */
export function doubleQuoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Returns the clause with which PostgreSQL and SQLite replace a row with the same primary key; empty for a table without one. */
export function onConflict(table: Table): string {
  if (table.primaryKey.length === 0) return "";
  const updates = assignments(table, doubleQuoted, (name) => `excluded.${name}`);
  return ` on conflict (${table.primaryKey.map(doubleQuoted).join(", ")}) do update set ${updates}`;
}

/** Returns the assignments of an upsert. @param inserted returns the inserted value of a quoted column. */
export function assignments(
  { columns, primaryKey, hasSyncTimes }: Table,
  quote: (name: string) => string,
  inserted: (quoted: string) => string,
): string {
  const changed = columns.map(({ name }) => name).filter((name) => !primaryKey.includes(name));
  const names = [...changed, ...(hasSyncTimes ? ["synced_at"] : [])].map(quote);
  const all = names.map((name) => `${name} = ${inserted(name)}`);
  // The vendor lists the call again.
  return [...all, ...(hasSyncTimes ? [`${quote("delisted_at")} = null`] : [])].join(", ");
}
