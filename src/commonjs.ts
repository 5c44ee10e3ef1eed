// The entry of the CommonJS build: one file for the public entries and what others share with them, so that there is one copy of every class.
export * as index from "./index.js";
export * as adapter from "./adapter.js";
export * as privacy from "./privacy/index.js";
