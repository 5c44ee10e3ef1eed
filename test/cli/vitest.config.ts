import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** Tests of the built command line, each command in a separate process. The export of a million rows is a separate suite: `npm run test:export`. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["test/cli/**/*.test.ts"], exclude: ["test/cli/export/**"], testTimeout: 60_000 },
});
