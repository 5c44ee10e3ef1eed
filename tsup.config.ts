import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { defineConfig, type Options } from "tsup";
import { vendors } from "./src/vendors.js";

/** The sources that other entries share, by the names of their files in the output. Nobody imports `privacy`: it is no entry of the package. */
const sharedSources = { index: "src/index.ts", adapter: "src/adapter.ts", privacy: "src/privacy/index.ts" };

/**
 * The other entries require the shared sources in CommonJS, so that there is one copy of every class. They import nothing else that has classes. (Code
 * splitting in CommonJS rewrites classes and loses their names.)
 * @param root the path of the output folder from that of the entry.
 * @param extension the extension of the entries' files.
 */
const sharedSourcesAreExternal = (root: string, extension = "cjs"): NonNullable<Options["esbuildPlugins"]>[number] => ({
  name: "shared-sources-are-external",
  setup(build) {
    build.onResolve({ filter: /\/(?:index|adapter)\.js$/ }, ({ path, importer }) => {
      const source = resolve(dirname(importer), path.replace(/js$/, "ts"));
      const [entry] = Object.entries(sharedSources).find(([, file]) => resolve(file) === source) ?? [];
      return entry === undefined ? undefined : { path: `${root}/${entry}.${extension}`, external: true };
    });
  },
});

const redisIsExternal: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "redis-is-external",
  setup(build) {
    build.onResolve({ filter: /\/redis\/index\.js$/ }, () => ({ path: "../redis/index.cjs", external: true }));
  },
};

/**
 * In CommonJS, `require` replaces a dynamic import: under Jest, an `import()` there needs a flag of Node's. Axios is named by its file for Node, since a
 * test environment that stands for a browser would be given the one for browsers, which cannot send through Node.
 */
const axiosForNode: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "axios-for-node",
  setup(build) {
    build.onResolve({ filter: /^axios$/ }, () => ({ path: "axios/dist/node/axios.cjs", external: true }));
  },
};

/** The command line starts the emulator from the testing entry, renders reports with theirs, and opens databases from a separate build. It has no copies. */
const otherBuildsAreExternal: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "other-builds-are-external",
  setup(build) {
    build.onResolve({ filter: /\/testing\/index\.js$/ }, () => ({ path: "./testing/index.js", external: true }));
    build.onResolve({ filter: /\/report\/index\.js$/ }, () => ({ path: "./report/index.js", external: true }));
    build.onResolve({ filter: /\/databases\/index\.js$/ }, () => ({ path: "./databases.js", external: true }));
  },
};

const entries = {
  index: sharedSources.index,
  adapter: sharedSources.adapter,
  "testing/index": "src/testing/index.ts",
};

/** An entry for each vendor, with the name of its factory: a bundler finds each vendor in one file, which it leaves out where it is not used. */
const factories = Object.fromEntries(vendors().map(({ id, factory }) => [`providers/${id}/index`, factory.name]));
const providers = Object.fromEntries(Object.keys(factories).map((name) => [name, `src/${name}.ts`]));

/** The destinations of calls. Each has an entry, because it bundles or needs packages that other programs do not use. */
const destinations = {
  "destinations/parquet/index": "src/destinations/parquet/index.ts",
  "destinations/sql/index": "src/destinations/sql/index.ts",
};

/** The state that several processes share. */
const scale = { "scale/redis/index": "src/scale/redis/index.ts" };

/** The queue. In CommonJS it requires the entry of Redis, so that there is one copy of it. */
const queue = { "scale/bullmq/index": "src/scale/bullmq/index.ts" };

/** Metrics are a separate entry, because most programs that read calls compute none. */
const metrics = { "metrics/index": "src/metrics/index.ts" };

/** The report is a separate entry, because it bundles what draws its charts. */
const report = { "report/index": "src/report/index.ts" };

const typed = { ...entries, ...providers, ...destinations, ...scale, ...queue, ...metrics, ...report };

const shared = {
  target: "node20",
  platform: "node",
  // The names of Node's modules stay as written, for the plugin `builtin-modules`.
  removeNodeProtocol: false,
  // Of what everybody downloads: blanks, comments, and names that nobody sees. Those of functions and classes stay, for stack traces.
  esbuildOptions: (options: { minifySyntax?: boolean }) => {
    options.minifySyntax = true;
  },
  minify: "terser",
  // Not compressed: the code from which Node learns the exports of a CommonJS file looks like dead code.
  terserOptions: {
    compress: false,
    parse: { module: true },
    module: false,
    toplevel: false,
    keep_classnames: true,
    keep_fnames: true,
    ecma: 2020,
    // A statement a line, for as many bytes: Node shows the line of an error that nobody caught.
    format: { semicolons: false },
  },
} as const;

const PHONE_METADATA = "phone-metadata.cjs";

/** Both module formats load the rules of telephone numbers from one file. It is CommonJS, which ES modules and bundlers import too. */
const phoneMetadataIsShared: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "phone-metadata-is-shared",
  setup(build) {
    build.onResolve({ filter: /\/metadata\.min\.json(?:\.js)?$/ }, () => ({
      path: `./${PHONE_METADATA}`,
      external: true,
    }));
  },
};

/** Folders of the packages that the build has bundled so far. */
const bundledPackages = new Set<string>();

/** Lists the packages whose code is in the output. `cli-table3` colours its cells with an optional package, which our tables do not use. */
const thirdParty: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "third-party",
  setup(build) {
    build.initialOptions.metafile = true;
    build.onResolve({ filter: /^@colors\/colors/ }, ({ path }) => ({ path, namespace: "unused" }));
    build.onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "" }));
    build.onEnd(({ metafile }) => {
      for (const { inputs } of Object.values(metafile?.outputs ?? {})) {
        for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
          const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
          if (folder !== undefined && bytesInOutput > 0) bundledPackages.add(folder);
        }
      }
    });
  },
};

/**
 * Writes the licences of the bundled packages, which are distributed with this one. It runs after each build, and is synchronous so that the last one
 * lists them all.
 * @throws Error when a bundled package has no licence file.
 */
function writeLicences(outDir: string): void {
  const notices = [...bundledPackages].sort().map((folder) => {
    const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    if (file === undefined) throw new Error(`${folder} is bundled, and has no licence file.`);
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Record<string, string>;
    return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
  });
  writeFileSync(`${outDir}/THIRD-PARTY-LICENCES.txt`, notices.join(`\n${"-".repeat(72)}\n\n`));
}

/** An ES module has no `require`: CommonJS packages of the command line get Node's own modules from the process. */
const builtinModules: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "builtin-modules",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === "require-call" && isBuiltin(path) ? { path, namespace: "builtin" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/** Returns a module that exports the members of one namespace of a built file, each by its name, since Node reads the names from the text. */
function requiredFrom(file: string, namespace: string, outDir: string): string {
  const built = createRequire(import.meta.url)(resolve(outDir, file)) as Record<string, object>;
  const lines = Object.keys(built[namespace] ?? {}).map((name) => `exports.${name} = ${namespace}.${name};`);
  return [`"use strict";`, `const { ${namespace} } = require("${file}");`, ...lines].join("\n");
}

/** Writes modules that refer to others, so that the package contains no code twice. */
async function writeModules(outDir: string): Promise<void> {
  const write = async (file: string, text: string) => {
    const path = `${outDir}/${file}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${text}\n`);
  };
  const metadata = createRequire(import.meta.url).resolve("libphonenumber-js/metadata.min.json");
  // Before the modules that require it are loaded, to list their exports.
  await write(PHONE_METADATA, `module.exports = ${readFileSync(metadata, "utf8")};`);
  await Promise.all([
    // Nobody bundles the emulator or the report into a page: as ES modules they are the CommonJS build.
    ...["testing", "report"].map((name) => write(`${name}/index.js`, 'export * from "./index.cjs";')),
    // In CommonJS the entries share one file.
    ...Object.keys(sharedSources).map((name) => write(`${name}.cjs`, requiredFrom("./commonjs.cjs", name, outDir))),
    // In CommonJS a provider is that of the main entry: there is one copy of it.
    ...Object.entries(factories).map(([name, factory]) =>
      write(`${name}.cjs`, `"use strict";\nexports.${factory} = require("../../index.cjs").${factory};`),
    ),
    // The types of both builds are the same.
    ...Object.keys(typed).map((name) => write(`${name}.d.ts`, `export * from "./${basename(name)}.cjs";`)),
  ]);
}

/** `--out-dir` is for tests of what is built, which leave `dist` alone. */
export default defineConfig(({ outDir = "dist" }) => [
  // The command line shares what it uses of the library with it. It is nothing to import: it has no types, and no CommonJS.
  {
    ...shared,
    outDir,
    entry: {
      ...sharedSources,
      ...providers,
      ...destinations,
      ...scale,
      ...queue,
      ...metrics,
      cli: "src/cli/main.ts",
    },
    format: "esm",
    esbuildPlugins: [otherBuildsAreExternal, builtinModules, phoneMetadataIsShared, thirdParty],
    onSuccess: () => {
      writeLicences(outDir);
      return Promise.resolve();
    },
  },
  {
    ...shared,
    outDir,
    entry: { commonjs: "src/commonjs.ts" },
    format: "cjs",
    splitting: false,
    esbuildPlugins: [axiosForNode, phoneMetadataIsShared, thirdParty],
    esbuildOptions: (options) => {
      shared.esbuildOptions(options);
      options.supported = { ...options.supported, "dynamic-import": false };
    },
    // Not bundled either, but what is external is not resolved by plugins.
    noExternal: ["axios"],
    // Of what is marked internal nothing is shipped, nor of the types that only it needs. TypeScript 6 deprecates `baseUrl`, which the declaration bundler
    // still sets.
    dts: { entry: typed, compilerOptions: { ignoreDeprecations: "6.0", stripInternal: true } },
    onSuccess: async () => {
      writeLicences(outDir);
      await writeModules(outDir);
    },
  },
  // A separate build, because it keeps its `import()`: vitest, which only `testProvider` loads, is published as ES modules only.
  {
    ...shared,
    outDir,
    entry: { "testing/index": entries["testing/index"] },
    format: "cjs",
    // One copy of every class, whichever entry it is required through.
    splitting: false,
    esbuildPlugins: [sharedSourcesAreExternal("..")],
  },
  {
    ...shared,
    outDir,
    entry: { ...destinations, ...scale },
    format: "cjs",
    splitting: false,
    esbuildPlugins: [sharedSourcesAreExternal("../.."), thirdParty],
    onSuccess: () => {
      writeLicences(outDir);
      return Promise.resolve();
    },
  },
  {
    ...shared,
    outDir,
    entry: queue,
    format: "cjs",
    splitting: false,
    esbuildPlugins: [sharedSourcesAreExternal("../.."), redisIsExternal],
  },
  {
    ...shared,
    outDir,
    entry: report,
    format: "cjs",
    splitting: false,
    esbuildPlugins: [sharedSourcesAreExternal(".."), thirdParty],
    // The words in Chinese take half as much as characters than as escapes.
    esbuildOptions: (options) => {
      shared.esbuildOptions(options);
      options.charset = "utf8";
    },
    onSuccess: () => {
      writeLicences(outDir);
      return Promise.resolve();
    },
  },
  {
    ...shared,
    outDir,
    entry: metrics,
    format: "cjs",
    splitting: false,
    esbuildPlugins: [sharedSourcesAreExternal("..")],
  },
  // The databases of the command line: it contains Kysely, which programs that use `call-records/sql` have themselves.
  {
    ...shared,
    outDir,
    entry: { databases: "src/cli/databases/index.ts" },
    format: "esm",
    splitting: false,
    noExternal: ["kysely"],
    esbuildPlugins: [sharedSourcesAreExternal(".", "js"), thirdParty],
    onSuccess: () => {
      writeLicences(outDir);
      return Promise.resolve();
    },
  },
]);
