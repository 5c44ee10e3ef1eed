import { filesAt, findingsIn } from "./findings.js";
import { everything } from "./paths.js";

/** Prints the violations of the vocabulary in the given folders or files, by default in all: `npm run vocabulary -- src/engine docs`. */
const paths = process.argv.slice(2);
const findings = (paths.length === 0 ? everything : paths).flatMap(filesAt).flatMap((file) => findingsIn(file));
for (const { file, line, found, instead } of findings) console.log(`${file}:${line}: ${found} → ${instead}`);
console.log(`${findings.length} findings`);
