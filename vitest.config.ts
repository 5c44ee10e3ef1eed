import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { COMPILED_FILES, compiledSources } from "./test/compiled-sources.js";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The test files with searches, whose extents are in test/search.ts, or with slow tests. `npm run test:full` runs every case of them. */
const partlyLeftOut = () =>
  readdirSync(source("./test"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .filter((path) =>
      /\/(search|mutation-suite)\.js"|tags: \["slow"\]|@module-tag slow/.test(
        readFileSync(source(`./test/${path}`), "utf8"),
      ),
    )
    .map((path) => `test/${path}`);

export default defineConfig({
  plugins: [compiledSources()],
  test: {
    include: process.env.SEARCH === "full" ? partlyLeftOut() : ["test/**/*.test.ts"],
    // Each has its own configuration in its folder, because something must be built first or the tests take longer.
    exclude: ["test/examples/**", "test/cli/**", "test/package/**", "test/parquet/**", "test/services/**"],
    tags: [
      {
        name: "slow",
        description: "Takes more than about half a second. `npm test` leaves it out, `npm run test:full` runs it.",
      },
    ],
    setupFiles: [source("./test/setup.ts")],
    // One for each processor: by default one is left idle, which on two is half of them.
    maxWorkers: "100%",
    // Loading the library again for each file takes as long as its tests. No test changes a module for the others.
    isolate: false,
    server: { deps: { external: [COMPILED_FILES] } },
    // Most objects of a test die young: a larger young generation is collected less often.
    execArgv: ["--max-semi-space-size=64"],
    // No test is about real time: on a busy machine one may take long, and in full a search takes longer.
    testTimeout: process.env.SEARCH === "full" ? 180_000 : 60_000,
    reporters: ["default", source("./test/count-reporter.ts")],
    coverage: { include: ["src/**"] },
  },
  resolve: {
    alias: [
      { find: /^call-records\/adapter$/, replacement: source("./src/adapter.ts") },
      { find: /^call-records\/testing$/, replacement: source("./src/testing/index.ts") },
      { find: /^call-records\/(parquet|sql)$/, replacement: source("./src/destinations/$1/index.ts") },
      { find: /^call-records\/(bullmq|redis)$/, replacement: source("./src/scale/$1/index.ts") },
      { find: /^call-records\/(metrics|report)$/, replacement: source("./src/$1/index.ts") },
      // Each of the other entries is a vendor's.
      { find: /^call-records\/([\w-]+)$/, replacement: source("./src/providers/$1/index.ts") },
      { find: /^call-records$/, replacement: source("./src/index.ts") },
    ],
  },
});
