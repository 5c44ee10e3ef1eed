import { mkdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** Below `node_modules`, so that the bundles find the packages. */
const FOLDER = fileURLToPath(new URL("../node_modules/.cache/call-records-test", import.meta.url));
const bundles = new Map<string, string>();

/** Returns the path of a program of the tests, bundled with the library. A process starts it in a fraction of the time that loading its TypeScript takes. */
export function bundled(program: URL): string {
  const known = bundles.get(program.href);
  if (known !== undefined) return known;
  mkdirSync(FOLDER, { recursive: true });
  const source = fileURLToPath(program);
  const outfile = `${FOLDER}/${basename(source, ".ts")}-${process.pid}.mjs`;
  buildSync({ entryPoints: [source], outfile, bundle: true, platform: "node", format: "esm", packages: "external" });
  process.once("exit", () => {
    rmSync(outfile, { force: true });
  });
  bundles.set(program.href, outfile);
  return outfile;
}
