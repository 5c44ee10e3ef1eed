import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** The command line as it is built, each command in a process of its own. */
export default defineConfig({ ...base, test: { ...base.test, include: ["test/cli/**/*.test.ts"], exclude: [], testTimeout: 60_000 } });
