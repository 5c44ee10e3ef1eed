import { join, relative } from "node:path";
import { build, type Format } from "esbuild";

/**
 * Bundles a program of the consumer and everything that it uses into one file.
 * @returns the path of the bundle, relative to the consumer.
 */
export async function bundle(
  consumer: string,
  program: string,
  format: Format,
  external: string[] = [],
): Promise<string> {
  const outfile = join(consumer, "bundles", `${program}.${format === "esm" ? "mjs" : "cjs"}`);
  // The usual banner for Node: packages in CommonJS require modules of Node, but an ES module has no `require`.
  const banner =
    format === "esm"
      ? { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' }
      : {};
  await build({
    entryPoints: [join(consumer, program)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format,
    banner,
    external,
    logLevel: "silent",
  });
  return relative(consumer, outfile);
}
