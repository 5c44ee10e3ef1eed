import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { Vite } from "vitest/node";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = join(ROOT, "src");
const COMPILED = join(ROOT, ".compiled");

/**
 * Compiles `src/` to modules that Node loads directly. Vitest's own modules read each imported name through a function, which costs a fifth of the
 * processor time of all tests. Coverage and watch mode need Vitest's own modules, so they keep them.
 */
export function compiledSources(): Vite.Plugin {
  let isActive = false;
  return {
    name: "compiled-sources",
    enforce: "pre",
    configureVitest({ vitest }) {
      isActive = !vitest.config.coverage.enabled && !vitest.config.watch;
      if (isActive) compile();
    },
    async resolveId(specifier, importer, options) {
      if (!isActive) return null;
      const resolved = await this.resolve(specifier, importer, { ...options, skipSelf: true });
      if (resolved === null || !resolved.id.startsWith(SOURCES) || !resolved.id.endsWith(".ts")) return resolved;
      return { id: compiledPath(resolved.id), external: true };
    },
  };
}

const compiledPath = (source: string) => join(COMPILED, source.slice(SOURCES.length).replace(/\.ts$/, ".js"));

function compile(): void {
  const paths = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const { outputFiles } = buildSync({
    entryPoints: paths.map((path) => join(SOURCES, path)),
    outbase: SOURCES,
    outdir: COMPILED,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    write: false,
  });
  for (const { path, contents } of outputFiles) {
    // Another run may be loading these files, so those without a change are not written.
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
}
