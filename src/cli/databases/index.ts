import { existsSync } from "node:fs";
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from "kysely";
import { CallSource } from "../../destinations/sql/call-source.js";
import { type SqlDestination, sqlDestination, type SqlDestinationOptions } from "../../destinations/sql/index.js";
import { CheckpointError, ConfigurationError } from "../../index.js";
import { type DatabaseUrl, readDatabaseUrl } from "./database-url.js";
import { loadDriver } from "./load-driver.js";
import { nodeSqlite, openNodeSqlite, type SqliteModule } from "./node-sqlite.js";
import { type OpenedFile, openWasmSqlite } from "./wasm-sqlite.js";

/** A destination of the command line. */
export interface OpenedDestination {
  destination: SqlDestination;
  /** The address without its password. */
  name: string;
  close: () => Promise<void>;
}

interface OpenedDatabase {
  db: Kysely<unknown>;
  release: () => Promise<void>;
}

const nothing = () => Promise.resolve();
/** The maximum number of connections. Accounts are written concurrently. */
const MAX_CONNECTIONS = 4;

/** The calls of a database that the command line reads. */
export interface OpenedSource {
  source: CallSource;
  /** The address without its password. */
  name: string;
  close: () => Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens the database that `--into` names.
 * @param options `mustExist`: a file of SQLite is not created.
 * @throws ConfigurationError when the value is not valid, the driver is not installed, or the file must exist and does not.
 */
export async function openDestination(
  into: string,
  environment: Environment,
  { mustExist = false, ...options }: SqlDestinationOptions & { mustExist?: boolean },
): Promise<OpenedDestination> {
  const { db, name, close } = await openNamed("--into", into, environment, mustExist);
  return { destination: sqlDestination(db, options), name, close };
}

/**
 * Opens the database of `sync --into` to read it.
 * @param option that names the database.
 * @throws ConfigurationError when the value is not valid, the driver is not installed, or a file of SQLite does not exist; CheckpointError when the database has no
 * tables of this version.
 */
export async function openSource(option: string, url: string, environment: Environment): Promise<OpenedSource> {
  const { db, name, close } = await openNamed(option, url, environment, true);
  try {
    return { source: await CallSource.open(db), name, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openNamed(option: string, text: string, environment: Environment, mustExist: boolean) {
  const url = readDatabaseUrl(option, text, environment);
  if (mustExist && url.kind === "sqlite" && !existsSync(url.address))
    throw new ConfigurationError(`${option}: ${url.address} does not exist. \`call-records sync --into\` creates it.`);
  const { db, release } = await openDatabase(option, url);
  const close = async () => {
    await db.destroy();
    await release();
  };
  return { db, name: url.name, close };
}

async function openDatabase(option: string, { kind, address }: DatabaseUrl): Promise<OpenedDatabase> {
  switch (kind) {
    case "postgres": {
      const pool = new (loadDriver(option, "pg", "PostgreSQL").Pool)({
        connectionString: address,
        max: MAX_CONNECTIONS,
      });
      // Without a listener, the loss of a connection ends the process: of an idle one here, of one in use at its client. The next statement opens another.
      pool.on("error", () => undefined);
      pool.on("connect", (client) => client.on("error", () => undefined));
      return { db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }), release: nothing };
    }
    case "mysql": {
      const pool = loadDriver(option, "mysql2", "MySQL or MariaDB").createPool({
        uri: address,
        connectionLimit: MAX_CONNECTIONS,
        timezone: "Z",
      });
      return { db: new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) }), release: nothing };
    }
    case "sqlite":
      return openSqlite(option, address);
  }
}

async function openSqlite(option: string, path: string): Promise<OpenedDatabase> {
  const builtIn = nodeSqlite();
  const open = builtIn === null ? openerOfWasm(option) : openerOf(builtIn);
  try {
    const { database, release } = await open(path);
    return { db: new Kysely<unknown>({ dialect: new SqliteDialect({ database }) }), release };
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(
      `${option}: ${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}. Its folder must exist, and you must be able to write the file and the folder.`,
    );
  }
}

/** Node's SQLite locks the file itself, so that several processes may have it open. */
function openerOf(module: SqliteModule): (path: string) => Promise<OpenedFile> {
  return (path) => Promise.resolve({ database: openNodeSqlite(module, path), release: nothing });
}

function openerOfWasm(option: string): (path: string) => Promise<OpenedFile> {
  const { Database } = loadDriver(option, "node-sqlite3-wasm", "SQLite on this version of Node");
  return (path) => openWasmSqlite((file) => new Database(file), path);
}
