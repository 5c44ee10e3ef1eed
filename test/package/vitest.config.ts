import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** Tests the packed package, which is installed in a separate folder. `npm run test:package` builds it first. */
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
