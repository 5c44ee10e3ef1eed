import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { closeWithFile } from "../closing.js";

/** Opens a database in memory whose zone of the session is not UTC, so that a query that depends on it fails its test. */
export async function openDuckDb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  closeWithFile(() => {
    connection.closeSync();
    instance.closeSync();
  });
  await connection.run("set TimeZone = 'America/New_York'");
  return connection;
}

/** Returns the rows of a query, with values that JSON can contain. */
export async function query(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJson();
}
