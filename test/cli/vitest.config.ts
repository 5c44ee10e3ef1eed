import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** The command line as it is built, each command in a process of its own. A million rows are by themselves: `npm run test:export`. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["test/cli/**/*.test.ts"], exclude: ["test/cli/export/**"], testTimeout: 60_000 },
});
