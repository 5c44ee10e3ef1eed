import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** The package as npm packs and installs it, in a folder that holds nothing else: `npm run test:package` builds it first. */
export default defineConfig({
  test: {
    ...base.test,
    include: ["test/package/**/*.test.ts"],
    exclude: [],
    globalSetup: [fileURLToPath(new URL("consumer.ts", import.meta.url))],
    testTimeout: 300_000,
  },
});
