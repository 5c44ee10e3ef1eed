import { readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { defineConfig, type Options } from "tsup";

/**
 * In CommonJS the testing entry requires the main one, so that there is one copy of every class; it imports nothing else of it. (What would
 * split CommonJS into shared files rewrites classes on the way, and their names are lost.)
 */
const mainEntryIsExternal: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "main-entry-is-external",
  setup(build) {
    build.onResolve({ filter: /\/index\.js$/ }, ({ path, importer }) => {
      const isMain = resolve(dirname(importer), path) === resolve("src/index.js");
      return isMain ? { path: "../index.cjs", external: true } : undefined;
    });
  },
};

const entries = { index: "src/index.ts", "testing/index": "src/testing/index.ts" };

const shared = {
  outDir: "dist",
  target: "node20",
  platform: "node",
  sourcemap: true,
  // Names stay, for stack traces; blanks and comments are a quarter of what everybody downloads.
  esbuildOptions: (options: { minifyWhitespace?: boolean; minifySyntax?: boolean }) => {
    options.minifyWhitespace = true;
    options.minifySyntax = true;
  },
  // TypeScript 6 deprecates `baseUrl`, which the declaration bundler still sets.
  dts: { entry: entries, compilerOptions: { ignoreDeprecations: "6.0" } },
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

/** Nobody bundles the emulator into a page: as an ES module it is the CommonJS build, rather than a second copy that everybody downloads. */
async function writeTestingModule(): Promise<void> {
  await writeFile("dist/testing/index.js", 'export * from "./index.cjs";\n');
}

export default defineConfig([
  { ...shared, entry: { index: entries.index }, format: "esm" },
  {
    ...shared,
    entry: entries,
    format: "cjs",
    // One copy of every class, whichever entry it is required through.
    splitting: false,
    esbuildPlugins: [mainEntryIsExternal],
    noExternal: bundledForCommonJs,
    onSuccess: async () => {
      await Promise.all([writeLicences(), writeTestingModule()]);
    },
  },
]);
