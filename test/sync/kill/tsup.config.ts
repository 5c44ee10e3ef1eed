import { defineConfig } from "tsup";
import { campaignBuild } from "../../kill/campaign-build.js";

export default defineConfig(
  campaignBuild({
    entry: ["test/sync/kill/main.ts", "test/sync/kill/consumer-process.ts"],
    outDir: ".kill",
  }),
);
