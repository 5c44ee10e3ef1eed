import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/**
 * Tests that need servers on this machine: PostgreSQL on 127.0.0.1:5432 (user postgres), MariaDB on 127.0.0.1:3306 (user root) and Redis on 127.0.0.1:6379, without
 * passwords. Tests that restart Redis start their own `redis-server`.
 */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["test/services/**/*.test.ts"], exclude: [] },
});
