import { rmSync } from "node:fs";
import { Kysely } from "kysely";
import { mariaDbDialect, postgresDialect, sqliteDialect } from "../dialects.js";

export const DATABASES = ["PostgreSQL", "MariaDB", "SQLite"] as const;
export type DatabaseName = (typeof DATABASES)[number];

/** A database that the writers of a campaign open, one after the other. */
export interface Target {
  database: DatabaseName;
  /** The name of the database at its server, or the path of its file. */
  location: string;
}

/** Connects to the database. The caller must be the only process that uses a file of SQLite. */
export function connect({ database, location }: Target): Kysely<unknown> {
  if (database === "PostgreSQL") return new Kysely({ dialect: postgresDialect(location) });
  if (database === "MariaDB") return new Kysely({ dialect: mariaDbDialect(location) });
  return new Kysely({ dialect: openFile(location) });
}

function openFile(path: string) {
  // SQLite in WebAssembly locks the file with a folder, which remains after a kill.
  rmSync(`${path}.lock`, { recursive: true, force: true });
  // This build of SQLite does not recover from a crash with its default journal, but does with a write-ahead log.
  return sqliteDialect(path, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
}

/** Connects for some work. */
export async function withConnection<Result>(
  target: Target,
  work: (db: Kysely<unknown>) => Promise<Result>,
): Promise<Result> {
  const db = connect(target);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
