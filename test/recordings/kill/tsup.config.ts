import { defineConfig } from "tsup";
import { campaignBuild } from "../../kill/campaign-build.js";

export default defineConfig(
  campaignBuild({
    entry: ["test/recordings/kill/main.ts", "test/recordings/kill/archiver-process.ts"],
    outDir: ".kill/archive",
  }),
);
