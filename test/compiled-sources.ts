import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import type { Vite } from "vitest/node";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COMPILED = join(ROOT, ".compiled");

/** The paths of the compiled modules. Vitest leaves to Node only what its option `server.deps.external` names. */
export const COMPILED_FILES = /\/\.compiled\//;

/**
 * Compiles `src/`, and the modules of `test/` that test files import, to modules that Node loads directly. Vitest's own modules read each imported name through
 * a function, which costs a fifth of the processor time of all tests. Coverage and watch mode need Vitest's own modules, so they keep them.
 */
export function compiledSources(): Vite.Plugin {
  let isActive = false;
  const compiled = new Set(modules());
  return {
    name: "compiled-sources",
    enforce: "pre",
    configureVitest({ vitest }) {
      isActive = !vitest.config.coverage.enabled && !vitest.config.watch;
      if (!isActive) return;
      compile([...compiled]);
      // The tests of this plugin read it in their processes.
      process.env.COMPILED_SOURCES = "true";
    },
    async resolveId(specifier, importer, options) {
      if (!isActive) return null;
      const resolved = await this.resolve(specifier, importer, { ...options, skipSelf: true });
      if (resolved === null || !compiled.has(resolved.id)) return resolved;
      return { id: compiledPath(resolved.id), external: true };
    },
  };
}

/** Returns the paths of the modules. Vitest loads test files, and what its configuration names, itself. */
function modules(): string[] {
  const own = ["compiled-sources.ts", "count-reporter.ts", "setup.ts"].map((name) => join(ROOT, "test", name));
  return ["src", "test"]
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(ROOT, folder, path)),
    )
    .filter((path) => path.endsWith(".ts") && !/\.(test|config)\.ts$/.test(path) && !own.includes(path));
}

const compiledPath = (source: string) => join(COMPILED, relative(ROOT, source).replace(/\.ts$/, ".js"));

function compile(sources: string[]): void {
  const { outputFiles } = buildSync({
    entryPoints: sources,
    outbase: ROOT,
    outdir: COMPILED,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const contents = located(text, path);
    // Another run may be loading these files, so those without a change are not written.
    if (existsSync(path) && readFileSync(path, "utf8") === contents) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
}

/** Returns compiled text that finds the library by its path, and files beside its source by the source's URL. */
function located(text: string, path: string): string {
  const source = join(ROOT, relative(COMPILED, path)).replace(/\.js$/, ".ts");
  return text
    .replace(/(?<=^(?:import|export|\}).* from )"call-records(?:\/([\w-]+))?"/gm, (_, entry: string | undefined) => {
      const library = relative(dirname(path), join(COMPILED, "src"));
      return JSON.stringify(`./${library}/${fileOf(entry)}`);
    })
    .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(source).href));
}

/** Returns the compiled module of an entry point of the library. */
function fileOf(entry: string | undefined): string {
  if (entry === undefined) return "index.js";
  const folders = ["", "destinations/", "scale/", "providers/"];
  const paths = [`${entry}.ts`, ...folders.map((folder) => `${folder}${entry}/index.ts`)];
  const path = paths.find((one) => existsSync(join(ROOT, "src", one)));
  if (path === undefined) throw new TypeError(`There is no module of call-records/${entry} in src.`);
  return path.replace(/\.ts$/, ".js");
}
