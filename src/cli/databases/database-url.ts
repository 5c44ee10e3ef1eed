import { ConfigurationError } from "../../index.js";

/** A database that the command line can write to. */
export interface DatabaseUrl {
  kind: "postgres" | "mysql" | "sqlite";
  /** The URL for the driver; for SQLite, the path of the file. It may contain a password. */
  address: string;
  /** The address without its password, for messages. */
  name: string;
}

const KINDS: Readonly<Record<string, DatabaseUrl["kind"]>> = {
  "postgres:": "postgres",
  "postgresql:": "postgres",
  "mysql:": "mysql",
  "mariadb:": "mysql",
};
const FORMS = "postgres://…, mysql://…, sqlite:calls.db or env:NAME";

/**
 * Reads the value of an option that names a database.
 * @param option the option, such as `--into`, for messages.
 * @param environment the variables to which `env:NAME` refers.
 * @throws ConfigurationError that does not contain the value, because it may contain a password.
 */
export function readDatabaseUrl(
  option: string,
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): DatabaseUrl {
  if (text.startsWith("env:")) {
    const variable = text.slice("env:".length);
    const value = environment[variable];
    if (value === undefined || value === "")
      throw new ConfigurationError(
        `${option}: the environment variable ${variable} is not set. It must contain ${FORMS}.`,
      );
    if (value.startsWith("env:"))
      throw new ConfigurationError(
        `${option}: the environment variable ${variable} must contain a URL, not the name of another variable.`,
      );
    return readUrl(option, value, `the environment variable ${variable} `);
  }
  return readUrl(option, text, "");
}

/** @param variable the words that name the variable of the URL; empty without one. */
function readUrl(option: string, text: string, variable: string): DatabaseUrl {
  if (text.startsWith("sqlite:")) return sqliteFile(option, text.slice("sqlite:".length));
  const url = URL.canParse(text) ? new URL(text) : null;
  const kind = url === null ? undefined : KINDS[url.protocol];
  const owner = `${option}: ${variable}`;
  if (url === null && Object.keys(KINDS).some((protocol) => text.startsWith(`${protocol}//`)))
    throw new ConfigurationError(
      `${owner}is not a valid URL. In a user or a password, write each character other than letters and digits as % and its code, such as %40 for @ and %23 for #.`,
    );
  if (url === null || kind === undefined) throw new ConfigurationError(`${owner}must be ${FORMS}.`);
  if (url.pathname.length < 2)
    throw new ConfigurationError(`${owner}must name a database after the host, such as ${url.protocol}//host/calls.`);
  const address = kind === "mysql" ? text.replace(/^mariadb:/, "mysql:") : text;
  return { kind, address, name: withoutPassword(url) };
}

/** Accepts `sqlite:calls.db`, `sqlite:/data/calls.db` and `sqlite:///data/calls.db`. */
function sqliteFile(option: string, path: string): DatabaseUrl {
  const address = path.replace(/^\/\//, "");
  if (address === "" || address === ":memory:")
    throw new ConfigurationError(`${option}: sqlite: must be followed by the path of a file, such as sqlite:calls.db.`);
  return { kind: "sqlite", address, name: address };
}

/** Options after `?` may contain secrets too. */
function withoutPassword({ protocol, username, host, pathname }: URL): string {
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}
