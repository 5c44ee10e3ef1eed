import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** The package as npm packs and installs it, in a folder that holds nothing else: `npm run test:package` builds it first. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["test/package/**/*.test.ts"],
    exclude: [],
    globalSetup: ["test/package/consumer.ts"],
    testTimeout: 300_000,
  },
});
