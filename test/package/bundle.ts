import { join, relative } from "node:path";
import { build, type Format } from "esbuild";

/**
 * One file of a program of the consumer's and all that it uses.
 * @returns its path, seen from the consumer.
 */
export async function bundle(
  consumer: string,
  program: string,
  format: Format,
  external: string[] = [],
): Promise<string> {
  const outfile = join(consumer, "bundles", `${program}.${format === "esm" ? "mjs" : "cjs"}`);
  // As everybody bundles for Node: packages that are CommonJS require Node's own, for which an ES module has no `require`.
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
