import { defineConfig } from "tsup";

/** Builds the campaign and the library as plain JavaScript, so that the processes start fast. */
export default defineConfig({
  entry: ["test/recordings/kill/main.ts", "test/recordings/kill/archiver-process.ts"],
  outDir: ".kill/archive",
  outExtension: () => ({ js: ".js" }),
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: true,
  silent: true,
});
