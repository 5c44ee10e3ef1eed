/** The folders and files that the vocabulary applies to. */
export const everything = ["src", "test", "examples", "docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"] as const;

/** The folders and files without violations, which the test keeps that way. It becomes `everything` when all have been converted. */
export const finished: readonly string[] = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "docs",
  "src/environment.ts",
  "src/files",
  "src/providers",
  "src/testing",
  "test/conformance",
  "test/mutation",
  "test/testing",
  "test/vocabulary",
];
