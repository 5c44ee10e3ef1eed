import type { Database } from "node-sqlite3-wasm";
import type { SqliteDatabase, SqliteStatement } from "kysely";

/** Returns a database of `node-sqlite3-wasm` in the form that Kysely's dialect for SQLite expects. */
export function wasmSqlite(database: Database): SqliteDatabase {
  return {
    close: () => {
      database.close();
    },
    prepare: (text) => statementOf(database, text),
  };
}

type Values = Parameters<Database["run"]>[1];

function statementOf(database: Database, text: string): SqliteStatement {
  const reader = /^\s*(?:select|with|pragma|explain|values)\b|\breturning\b/i.test(text);
  // Kysely passes what this library and its migrations pass: texts, numbers and null.
  const values = (parameters: readonly unknown[]) => [...parameters] as Values;
  return {
    reader,
    all: (parameters) => database.all(text, values(parameters)),
    run: (parameters) => {
      const { changes, lastInsertRowid } = database.run(text, values(parameters));
      return { changes, lastInsertRowid: lastInsertRowid };
    },
    iterate: (parameters) => database.all(text, values(parameters))[Symbol.iterator](),
  };
}
