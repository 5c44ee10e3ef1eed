/** The folders and files that the vocabulary applies to. */
export const everything = ["src", "test", "examples", "docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"] as const;

/** The folders and files without violations, which the test keeps that way. It becomes `everything` when all have been converted. */
export const finished: readonly string[] = [
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "README.md",
  "docs",
  "src/adapter.ts",
  "src/cli",
  "src/client-options.ts",
  "src/client.ts",
  "src/commonjs.ts",
  "src/contract",
  "src/engine",
  "src/environment.ts",
  "src/files",
  "src/index.ts",
  "src/model",
  "src/operations",
  "src/providers",
  "src/ranges.ts",
  "src/testing",
  "src/vendors.ts",
  "test/cli",
  "test/conformance",
  "test/contract",
  "test/engine",
  "test/model",
  "test/mutation",
  "test/testing",
  "test/vocabulary",
];
