import { defineConfig } from "tsup";
import { campaignBuild } from "../../kill/campaign-build.js";

export default defineConfig(
  campaignBuild({
    entry: ["test/scale/kill/main.ts", "test/scale/kill/worker-process.ts"],
    outDir: ".kill/fleet",
    external: ["kysely", "pg", "mysql2", "node-sqlite3-wasm", "@electric-sql/pglite", "bullmq", "ioredis"],
  }),
);
