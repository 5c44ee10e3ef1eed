import { defineConfig } from "tsup";

/** Builds the kill test and the library as plain JavaScript, so that the processes start fast. */
export default defineConfig({
  entry: ["test/sync/kill/main.ts", "test/sync/kill/consumer-process.ts"],
  outDir: ".kill",
  outExtension: () => ({ js: ".js" }),
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: true,
  silent: true,
});
