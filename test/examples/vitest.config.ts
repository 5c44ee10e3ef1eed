import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** Runs the examples as users do. Databases and processes take too long for the default suite. */
export default defineConfig({ ...base, test: { ...base.test, include: ["test/examples/**/*.test.ts"], exclude: [] } });
