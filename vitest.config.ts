import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Each has a configuration of its own in its folder, for what must be built first, or takes longer.
    exclude: ["test/examples/**", "test/cli/**", "test/package/**"],
    // One for each processor: by default one is left idle, which on two is half of them.
    maxWorkers: "100%",
    // No test is about real time: on a busy machine one may take long.
    testTimeout: 30_000,
    reporters: ["default", source("./test/count-reporter.ts")],
    coverage: { include: ["src/**"] },
  },
  resolve: {
    alias: [
      { find: /^call-records\/adapter$/, replacement: source("./src/adapter.ts") },
      { find: /^call-records\/testing$/, replacement: source("./src/testing/index.ts") },
      // Each of the other entries is a vendor's.
      { find: /^call-records\/([\w-]+)$/, replacement: source("./src/providers/$1/index.ts") },
      { find: /^call-records$/, replacement: source("./src/index.ts") },
    ],
  },
});
