import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mariaDbServer, postgresServer } from "../destinations/sql/databases.js";

const PROCESSES = 4;
const databases = [await postgresServer(), await mariaDbServer()];
let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "migrate-"));
  program = join(folder, "program.mjs");
  await build({
    stdin: {
      contents: `
        import { once } from "node:events";
        import { Kysely, MysqlDialect, PostgresDialect } from "kysely";
        import { createPool } from "mysql2";
        import pg from "pg";
        import { sqlDestination } from "./src/destinations/sql/index.ts";
        const [, , server, database] = process.argv;
        const dialect =
          server === "MariaDB"
            ? new MysqlDialect({ pool: createPool({ host: "127.0.0.1", user: "root", database }) })
            : new PostgresDialect({ pool: new pg.Pool({ host: "127.0.0.1", user: "postgres", database }) });
        const db = new Kysely({ dialect });
        console.log("ready");
        await once(process.stdin, "data");
        await sqlDestination(db).migrate();
        await db.destroy();
        process.exit(0);`,
      resolveDir: process.cwd(),
      loader: "ts",
    },
    ...{ bundle: true, platform: "node", format: "esm", outfile: program, logLevel: "silent" },
    external: ["pg-native"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true });
  for (const database of databases) await database.drop();
});

/** Resolves when a process waits for the signal to begin, or has ended. */
async function ready(child: ChildProcess): Promise<void> {
  await Promise.race([once(child, "exit"), ...(child.stdout === null ? [] : [once(child.stdout, "data")])]);
}

describe.each(databases)("$name", (database) => {
  it("has its tables once after several processes have migrated at the same moment", { timeout: 120_000 }, async () => {
    const children = Array.from({ length: PROCESSES }, () =>
      spawn(process.execPath, [program, database.name, database.location]),
    );
    const exits = children.map((child) => once(child, "exit").then(([code]) => code as number));
    await Promise.all(children.map(ready));
    const failures = children.map((child) => text(child.stderr));
    for (const child of children) child.stdin.write("go\n");
    const codes = await Promise.all(exits);
    expect(await Promise.all(failures)).toEqual(children.map(() => ""));
    expect(codes).toEqual(children.map(() => 0));
    const { rows } = await sql`select version from call_sync_schema`.execute(database.connect());
    expect(rows).toEqual([{ version: 2 }]);
  });
});
