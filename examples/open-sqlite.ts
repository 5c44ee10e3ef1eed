import { rmSync } from "node:fs";
import { Kysely, SqliteDialect } from "kysely";
import sqlite from "node-sqlite3-wasm";

/**
 * Opens a file of SQLite with a driver that installs without a compiler. One process at a time may open it.
 * @returns a Kysely instance. The caller destroys it.
 */
export function openSqlite(path: string): Kysely<unknown> {
  // The driver locks the file with a folder, which a killed process leaves behind.
  rmSync(`${path}.lock`, { recursive: true, force: true });
  const file = new sqlite.Database(path);
  // This build of SQLite does not recover from a killed process with its default journal, but does with a write-ahead log.
  file.exec("pragma locking_mode = exclusive; pragma journal_mode = wal");
  // The destination passes texts, numbers and null.
  const values = (parameters: readonly unknown[]) => [...parameters] as (string | number | null)[];
  const database = {
    close: () => {
      // Other programs can open the file without a write-ahead log.
      file.exec("pragma journal_mode = delete");
      file.close();
    },
    prepare: (text: string) => ({
      reader: /^\s*(select|with|pragma)\b|\breturning\b/i.test(text),
      all: (parameters: readonly unknown[]) => file.all(text, values(parameters)),
      run: (parameters: readonly unknown[]) => file.run(text, values(parameters)),
      iterate: (parameters: readonly unknown[]) => file.all(text, values(parameters)).values(),
    }),
  };
  return new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
}
