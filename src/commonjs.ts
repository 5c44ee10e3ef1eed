// The entry of the CommonJS build: one file for the public entries, so that there is one copy of every class.
export * as index from "./index.js";
export * as adapter from "./adapter.js";
