import { defineConfig } from "tsup";
import { campaignBuild } from "../../../kill/campaign-build.js";

export default defineConfig(
  campaignBuild({
    entry: ["test/destinations/sql/kill/main.ts", "test/destinations/sql/kill/writer-process.ts"],
    outDir: ".kill/databases",
    external: ["kysely", "pg", "mysql2", "node-sqlite3-wasm", "@electric-sql/pglite"],
  }),
);
