import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** Tests that read Parquet files with DuckDB. */
export default defineConfig({ ...base, test: { ...base.test, include: ["test/parquet/**/*.test.ts"], exclude: [] } });
