import { defineConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Exports of a million rows, which take a minute. */
export default defineConfig({ ...base, test: { ...base.test, include: ["test/cli/export/**/*.test.ts"], exclude: [], testTimeout: 600_000 } });
