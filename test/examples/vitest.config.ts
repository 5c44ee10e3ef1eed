import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** The examples as their readers run them: databases and processes take longer than the suite may. */
export default defineConfig({ ...base, test: { ...base.test, include: ["test/examples/**/*.test.ts"], exclude: [] } });
