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

/** The command line starts the emulator from the testing entry, and has no copy of it. */
const testingEntryIsExternal: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "testing-entry-is-external",
  setup(build) {
    build.onResolve({ filter: /\/testing\/index\.js$/ }, () => ({ path: "./testing/index.js", external: true }));
  },
};

const entries = { index: "src/index.ts", "testing/index": "src/testing/index.ts" };

const shared = {
  target: "node20",
  platform: "node",
  sourcemap: true,
  // Of what everybody downloads: blanks, comments, and names that nobody sees. Those of functions and classes stay, for stack traces.
  esbuildOptions: (options: { minifySyntax?: boolean }) => {
    options.minifySyntax = true;
  },
  minify: "terser",
  // Not compressed: what tells Node of a CommonJS file's exports looks like dead code.
  terserOptions: { compress: false, parse: { module: true }, module: false, toplevel: false, keep_classnames: true, keep_fnames: true, ecma: 2020 },
} as const;

/** Published as ES modules only: inside the CommonJS build they must come along, for `require` to work on every Node 20. */
const bundledForCommonJs = ["p-retry", "is-network-error"];

/** What is bundled is distributed by us, and its licence with it. */
async function writeLicences(outDir: string): Promise<void> {
  const notices = await Promise.all(
    bundledForCommonJs.map(async (name) => `${name}\n\n${(await readFile(`node_modules/${name}/license`, "utf8")).trim()}\n`),
  );
  await writeFile(`${outDir}/THIRD-PARTY-LICENCES.txt`, notices.join(`\n${"-".repeat(72)}\n\n`));
}

/** What need not be there twice, in what everybody downloads. */
async function writeModules(outDir: string): Promise<void> {
  const all = 'export * from "./index.cjs";\n';
  await Promise.all([
    // Nobody bundles the emulator into a page: as an ES module it is the CommonJS build.
    writeFile(`${outDir}/testing/index.js`, all),
    // The types of both builds are the same.
    writeFile(`${outDir}/index.d.ts`, all),
    writeFile(`${outDir}/testing/index.d.ts`, all),
  ]);
}

/** `--out-dir` is for tests of what is built, which leave `dist` alone. */
export default defineConfig(({ outDir = "dist" }) => [
  // The command line shares what it uses of the library with it. It is nothing to import: it has no types, and no CommonJS.
  { ...shared, outDir, entry: { index: entries.index, cli: "src/cli/main.ts" }, format: "esm", esbuildPlugins: [testingEntryIsExternal] },
  {
    ...shared,
    outDir,
    entry: entries,
    format: "cjs",
    // One copy of every class, whichever entry it is required through.
    splitting: false,
    esbuildPlugins: [mainEntryIsExternal],
    noExternal: bundledForCommonJs,
    // TypeScript 6 deprecates `baseUrl`, which the declaration bundler still sets.
    dts: { entry: entries, compilerOptions: { ignoreDeprecations: "6.0" } },
    onSuccess: async () => {
      await Promise.all([writeLicences(outDir), writeModules(outDir)]);
    },
  },
]);
