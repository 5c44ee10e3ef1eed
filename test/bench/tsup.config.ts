import { defineConfig } from "tsup";

/** Builds the processes of the benchmark as JavaScript, because the compilation of TypeScript at run time would be measured. */
export default defineConfig({
  entry: ["test/bench/main.ts", "test/bench/processes/*.ts"],
  outDir: ".bench",
  outExtension: () => ({ js: ".js" }),
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: true,
  // The benchmark measures the published package.
  external: [
    "call-records",
    "@duckdb/node-api",
    "@electric-sql/pglite",
    "bullmq",
    "ioredis",
    "kysely",
    "mysql2",
    "node-sqlite3-wasm",
    "pg",
    "pg-copy-streams",
  ],
  silent: true,
});
