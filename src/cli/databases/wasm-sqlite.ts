import { rm } from "node:fs/promises";
import type { SqliteDatabase } from "kysely";
import type { Database } from "node-sqlite3-wasm";
import { CheckpointError } from "../../index.js";
import { renameInMessage } from "../../files/error-message.js";
import { FileLock, LockHeldError } from "../../files/file-lock.js";
import { returnsRows } from "./returns-rows.js";

type Values = Parameters<Database["run"]>[1];

/** Returns a database of `node-sqlite3-wasm` in the form that Kysely's dialect for SQLite expects. */
export function wasmSqlite(database: Database): SqliteDatabase {
  // The destination passes texts, numbers and null.
  const values = (parameters: readonly unknown[]) => [...parameters] as Values;
  return {
    close: () => {
      database.close();
    },
    prepare: (text) => ({
      reader: returnsRows(text),
      all: (parameters) => database.all(text, values(parameters)),
      run: (parameters) => database.run(text, values(parameters)),
      iterate: (parameters) => database.all(text, values(parameters))[Symbol.iterator](),
    }),
  };
}

/** A file that no other process of this library has open. */
export interface OpenedFile {
  database: SqliteDatabase;
  /** Lets other processes open the file. Call it after the database is closed. */
  release: () => Promise<void>;
}

/**
 * Opens a file with `node-sqlite3-wasm`. That driver locks a file with the folder `<file>.lock`, which remains when its process is killed. A lock of this
 * library states the owner: if there is none, the folder is a stale one, and is removed.
 * @throws CheckpointError when another process of this library has the file open.
 */
export async function openWasmSqlite(open: (path: string) => Database, path: string): Promise<OpenedFile> {
  const lock = await FileLock.acquire(`${path}.owner`).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) {
      renameInMessage(error, `${path}.owner`, path);
      throw error;
    }
    const owner = error.owner === null ? "Another process" : `The process ${error.owner.pid} on ${error.owner.host}`;
    throw new CheckpointError(`${path}: ${owner} has this file open. Wait for it to end, or stop it.`, {
      retryable: true,
    });
  });
  try {
    await rm(`${path}.lock`, { recursive: true, force: true });
    const database = open(path);
    // With its default journal, this build of SQLite does not recover from a killed process. With a write-ahead log, it does, but only as the single user.
    database.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
    const opened = wasmSqlite(database);
    const close = () => {
      // This build can open a file with a write-ahead log only as its single user. Afterwards, other programs open the file too.
      database.exec("pragma journal_mode = delete");
      database.close();
    };
    return { database: { ...opened, close }, release: () => lock.release() };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
