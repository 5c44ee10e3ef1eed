import { rmSync } from "node:fs";
import sqlite from "node-sqlite3-wasm";
import { makeTables } from "./tables.js";

/**
 * Opens the file and creates its tables. The caller must hold the lock of the job. While the file is open, no other program can open it.
 */
export function openDatabase(path: string): sqlite.Database {
  // SQLite in WebAssembly locks the file with a folder, which remains after a crash. The lock of the job does not, so its holder may remove the folder.
  rmSync(`${path}.lock`, { recursive: true, force: true });
  const database = new sqlite.Database(path);
  try {
    // This build of SQLite does not recover from a crash with its default journal, but does with a write-ahead log.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    makeTables(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
