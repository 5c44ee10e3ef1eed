import { defineConfig } from "tsup";

/** The kill test as plain JavaScript, the library with it: its processes have to start fast. */
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
