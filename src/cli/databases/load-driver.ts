import { createRequire } from "node:module";
import type mysql from "mysql2";
import type sqlite from "node-sqlite3-wasm";
import type pg from "pg";
import { join } from "node:path";
import { ConfigurationError } from "../../index.js";

/** The drivers that the command line uses if they are installed. */
interface Drivers {
  pg: typeof pg;
  mysql2: typeof mysql;
  "node-sqlite3-wasm": typeof sqlite;
}

/**
 * Loads a driver that is installed beside this package, or in the working folder if this package is elsewhere, as with `npx`.
 * @throws ConfigurationError when it is not installed. It contains the command that installs it.
 */
export function loadDriver<Name extends keyof Drivers>(option: string, name: Name, purpose: string): Drivers[Name] {
  for (const place of [import.meta.url, join(process.cwd(), "package.json")]) {
    const require = createRequire(place);
    const path = resolveFrom(require, name);
    // The name of a package determines what it exports.
    if (path !== null) return require(path) as Drivers[Name];
  }
  throw new ConfigurationError(
    `${option}: ${purpose} needs the package ${name}, which is not installed. Run: npm install ${name}`,
  );
}

function resolveFrom(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(name);
  } catch {
    return null;
  }
}
