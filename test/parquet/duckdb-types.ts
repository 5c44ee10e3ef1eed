import type { ColumnType } from "call-records";

/** DuckDB's names of the types of columns. */
export const DUCKDB_TYPES: Readonly<Record<ColumnType, string>> = {
  id: "VARCHAR",
  text: "VARCHAR",
  decimal: "VARCHAR",
  seconds: "INTEGER",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  time: "TIMESTAMP WITH TIME ZONE",
  json: "JSON",
};
