import { readFile, writeFile } from "node:fs/promises";
import { defineConfig } from "tsup";

const shared = {
  entry: { index: "src/index.ts", "testing/index": "src/testing/index.ts" },
  outDir: "dist",
  target: "node20",
  platform: "node",
  sourcemap: true,
  // One copy of every class, whichever entry it is imported through.
  splitting: true,
  // TypeScript 6 deprecates `baseUrl`, which the declaration bundler still sets.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
} as const;

/** Published as ES modules only: inside the CommonJS build they must come along, for `require` to work on every Node 20. */
const bundledForCommonJs = ["p-retry", "is-network-error"];

/** What is bundled is distributed by us, and its licence with it. */
async function writeLicences(): Promise<void> {
  const notices = await Promise.all(
    bundledForCommonJs.map(async (name) => `${name}\n\n${(await readFile(`node_modules/${name}/license`, "utf8")).trim()}\n`),
  );
  await writeFile("dist/THIRD-PARTY-LICENCES.txt", notices.join(`\n${"-".repeat(72)}\n\n`));
}

export default defineConfig([
  { ...shared, format: "esm" },
  { ...shared, format: "cjs", noExternal: bundledForCommonJs, onSuccess: writeLicences },
]);
