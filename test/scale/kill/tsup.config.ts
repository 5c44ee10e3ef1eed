import { defineConfig } from "tsup";

/** Builds the campaign and the library as plain JavaScript, so that the processes start fast. */
export default defineConfig({
  entry: ["test/scale/kill/main.ts", "test/scale/kill/worker-process.ts"],
  outDir: ".kill/fleet",
  outExtension: () => ({ js: ".js" }),
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: true,
  external: ["kysely", "pg", "mysql2", "node-sqlite3-wasm", "@electric-sql/pglite", "bullmq", "ioredis"],
  silent: true,
});
