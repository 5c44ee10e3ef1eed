import type { SqliteDatabase } from "kysely";
import { returnsRows } from "./returns-rows.js";

type Value = string | number | bigint | Uint8Array | null;

/** The part of Node's module `node:sqlite` that is used here. Node 20 has no such module, and its types do not declare it. */
export interface SqliteModule {
  DatabaseSync: new (path: string) => {
    exec(text: string): void;
    close(): void;
    prepare(text: string): {
      all(...values: Value[]): unknown[];
      run(...values: Value[]): { changes: number | bigint; lastInsertRowid: number | bigint };
      iterate(...values: Value[]): IterableIterator<unknown>;
    };
  };
}

/** Returns the module, or null if this version of Node does not have it (below 22.13). */
export function nodeSqlite(): SqliteModule | null {
  const emit = process.emitWarning.bind(process);
  try {
    // Node reports once that the module is experimental. The user of a command cannot change that.
    process.emitWarning = () => undefined;
    return (process.getBuiltinModule("node:sqlite") as SqliteModule | undefined) ?? null;
  } finally {
    process.emitWarning = emit;
  }
}

/** Opens a file with Node's own SQLite. @returns a database in the form that Kysely's dialect for SQLite expects. */
export function openNodeSqlite({ DatabaseSync }: SqliteModule, path: string): SqliteDatabase {
  const database = new DatabaseSync(path);
  // Another program may read the file meanwhile. Without this, a writer fails at once while it does.
  database.exec("pragma busy_timeout = 10000; pragma journal_mode = wal");
  return {
    close: () => {
      database.close();
    },
    prepare: (text) => {
      const statement = database.prepare(text);
      // The destination passes texts, numbers and null.
      const values = (parameters: readonly unknown[]) => parameters as Value[];
      return {
        reader: returnsRows(text),
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}
