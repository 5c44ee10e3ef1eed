import { rmSync } from "node:fs";
import sqlite from "node-sqlite3-wasm";
import { makeTables } from "./tables.js";

/**
 * Opens the file with its tables, for who holds the job's lock. While it is open, no other program may open the file; afterwards any SQLite may.
 */
export function openDatabase(path: string): sqlite.Database {
  // The lock of SQLite in WebAssembly is a folder that is left behind by a job that crashed. The job's own lock is not: who has it may remove the folder.
  rmSync(`${path}.lock`, { recursive: true, force: true });
  const database = new sqlite.Database(path);
  try {
    // By its default journal this build of SQLite does not recover from a crash, by a write-ahead log it does.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    makeTables(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
