import { defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

/** The suite tries a quarter of the mutations: all of them take half of its time. */
export default defineConfig({ ...base, test: { ...base.test, include: ["test/mutation/**/*.test.ts"], env: { MUTATIONS: "20000" } } });
