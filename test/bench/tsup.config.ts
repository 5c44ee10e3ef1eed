import { defineConfig } from "tsup";

/** The benchmark's processes as plain JavaScript: what compiles TypeScript while it runs would be measured along. */
export default defineConfig({
  entry: ["test/bench/main.ts", "test/bench/processes/*.ts"],
  outDir: ".bench",
  outExtension: () => ({ js: ".js" }),
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: true,
  // What is measured is what is published.
  external: ["call-records"],
  silent: true,
});
