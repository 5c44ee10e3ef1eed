import { defineConfig } from "tsup";

/** Builds the campaign and the library as plain JavaScript, so that the processes start fast. */
export default defineConfig({
  entry: ["test/destinations/sql/kill/main.ts", "test/destinations/sql/kill/writer-process.ts"],
  outDir: ".kill/databases",
  outExtension: () => ({ js: ".js" }),
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: true,
  external: ["kysely", "pg", "mysql2", "node-sqlite3-wasm", "@electric-sql/pglite"],
  silent: true,
});
