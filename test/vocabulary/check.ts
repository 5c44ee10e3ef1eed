import { execFileSync } from "node:child_process";
import { findingsIn } from "./findings.js";

/** Prints what the given folders or files say against the vocabulary: `npm run vocabulary -- src/engine docs`. */
const paths = process.argv.slice(2);
const files = execFileSync(
  "git",
  ["ls-files", "--", ...(paths.length === 0 ? ["src", "test", "examples", "docs", "*.md"] : paths)],
  { encoding: "utf8" },
);
const findings = files
  .split("\n")
  .filter((file) => /\.(ts|md|cjs|mjs)$/.test(file) && !file.startsWith("test/vocabulary/"))
  .flatMap((file) => findingsIn(file));
for (const { file, line, found, instead } of findings) console.log(`${file}:${line}: ${found} → ${instead}`);
console.log(`${findings.length} findings`);
