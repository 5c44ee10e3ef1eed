import type { ColumnType } from "../../columns/column.js";
import type { StoredValue } from "./encode.js";

/** The type of a column. `key`: a text of limited length in a primary key; `bigint`: a whole number. */
export type StoredType = ColumnType | "key" | "bigint";

/** The values of a row, in the order of the columns of its table. */
export type Row = readonly StoredValue[];

export interface TableColumn {
  name: string;
  type: StoredType;
  /** Whether the column may be null. */
  nullable: boolean;
}

/** A table of calls, or of parts of calls. */
export interface Table {
  name: string;
  columns: readonly TableColumn[];
  /** Empty for a table without one. */
  primaryKey: readonly string[];
  indexes: readonly (readonly string[])[];
  /** Whether a row has the columns `synced_at` and `delisted_at`, which the database sets. */
  hasSyncTimes: boolean;
}
