import { CallRecordsError, CheckpointError } from "../../index.js";

/** A kind of failure of a database. */
interface Failure {
  /** The cause, and the remedy. */
  text: string;
  /** Whether the same transaction may succeed at once. */
  retries: boolean;
}

const UNREACHABLE: Failure = { text: "The database cannot be reached, or the connection was lost.", retries: true };
const CONFLICT: Failure = { text: "Another transaction holds the same rows.", retries: true };
const READ_ONLY: Failure = {
  text: "The database is read-only. Connect to the primary server, or make the file writable.",
  retries: false,
};
const FULL: Failure = { text: "The disk of the database, or its quota, is full.", retries: false };
const NO_RIGHTS: Failure = { text: "The database user lacks the rights for these tables.", retries: false };
const NO_LOGIN: Failure = { text: "The database refused the user or the password.", retries: false };
const NO_DATABASE: Failure = {
  text: "The database does not exist, or the user may not see it. Create it first.",
  retries: false,
};
const NO_TABLES: Failure = {
  text: "The tables do not exist. Run `await destination.migrate()` first.",
  retries: false,
};
const OTHER: Failure = { text: "The database refused a statement.", retries: false };

/** Failures by the codes of PostgreSQL (SQLSTATE), MySQL, MariaDB, SQLite and Node. A key also stands for all codes that begin with it. */
const FAILURES: readonly (readonly [RegExp, Failure])[] = [
  [/^(08|57P0|25P03|53300)/, UNREACHABLE],
  [
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|PROTOCOL_|ER_SERVER_SHUTDOWN|ER_CON_COUNT_ERROR)/,
    UNREACHABLE,
  ],
  [/^(40|55P03|23505$)/, CONFLICT],
  [
    /^(ER_LOCK_DEADLOCK|ER_LOCK_WAIT_TIMEOUT|ER_LOCK_NOWAIT|ER_DUP_ENTRY|ER_CHECKREAD|SQLITE_BUSY|SQLITE_LOCKED|SQLITE_CONSTRAINT_PRIMARYKEY)/,
    CONFLICT,
  ],
  [
    /^(25006|ER_OPTION_PREVENTS_STATEMENT|ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION|ER_READ_ONLY_MODE|SQLITE_READONLY|EROFS)/,
    READ_ONLY,
  ],
  [/^(53100|53200|ER_DISK_FULL|ER_RECORD_FILE_FULL|ER_ENGINE_OUT_OF_MEMORY|SQLITE_FULL|ENOSPC|EDQUOT)/, FULL],
  [
    /^(42501|ER_TABLEACCESS_DENIED|ER_DBACCESS_DENIED|ER_SPECIFIC_ACCESS_DENIED|ER_COLUMNACCESS_DENIED|SQLITE_PERM|SQLITE_AUTH|EACCES|EPERM)/,
    NO_RIGHTS,
  ],
  [/^(3D000|ER_BAD_DB_ERROR)/, NO_DATABASE],
  [/^(28|ER_ACCESS_DENIED)/, NO_LOGIN],
  [/^(42P01|3F000|ER_NO_SUCH_TABLE)/, NO_TABLES],
];

/** Failures by the messages of drivers that give no code, or a number. */
const MESSAGES: readonly (readonly [RegExp, Failure])[] = [
  [
    /connection terminated|connection ended|server closed the connection|not queryable|can't add new command|connection is closed|driver has already been destroyed|timeout exceeded when trying to connect/i,
    UNREACHABLE,
  ],
  [/database (table )?is locked|database is busy/i, CONFLICT],
  [/readonly database/i, READ_ONLY],
  [/database or disk is full/i, FULL],
  [/no such table/i, NO_TABLES],
  [/unique constraint failed/i, CONFLICT],
];

/** Whether a transaction that failed may be repeated at once. After a lost connection it may have been committed; repeating a write changes nothing then. */
export function mayRetry(error: unknown): boolean {
  return failureOf(error).retries;
}

/**
 * Returns the error of a destination for a failure of its database.
 * @param account null for `migrate`.
 */
export function toCheckpointError(error: unknown, account: string | null): CallRecordsError {
  if (error instanceof CallRecordsError) return error;
  const { text, retries } = failureOf(error);
  return new CheckpointError(`${account ?? "migrate"}: ${text} The database reports: ${messageOf(error)}`, {
    account,
    retryable: retries,
    cause: error,
  });
}

function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  const message = messageOf(error);
  const found = FAILURES.find(([pattern]) => pattern.test(code)) ?? MESSAGES.find(([pattern]) => pattern.test(message));
  return found?.[1] ?? OTHER;
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

function messageOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  // Node reports several refused addresses as one error without a message.
  if ("errors" in error && Array.isArray(error.errors)) return error.errors.map(messageOf).join("; ");
  return "message" in error ? String(error.message) : "unknown";
}
