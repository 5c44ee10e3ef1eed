import { defineConfig } from "vitest/config";
import base from "../vitest.config.js";

/** An export of a million rows, which takes a minute. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["test/cli/export/**/*.test.ts"], exclude: [], testTimeout: 600_000 },
});
