import { inspect } from "node:util";
import { build } from "esbuild";
import { minify } from "terser";
import { beforeAll, describe, expect, it } from "vitest";
import { type CallRecordsError, errorClasses } from "../../src/model/errors.js";

interface Built {
  CallRecordsError: typeof CallRecordsError;
  errorClasses: typeof errorClasses;
}

const MINIFIERS: [string, (code: string) => Promise<string>][] = [
  ["esbuild", (code) => Promise.resolve(code)],
  [
    "terser",
    async (code) =>
      (
        await minify(code, {
          module: true,
          toplevel: true,
          mangle: { toplevel: true },
          keep_classnames: false,
          keep_fnames: false,
        })
      ).code ?? "",
  ],
];

describe.each(MINIFIERS)("errors in a bundle that was minified by %s", (minifier, minified) => {
  let built: Built;
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: ["src/model/errors.ts"],
      bundle: true,
      format: "esm",
      minify: minifier === "esbuild",
      write: false,
    });
    const code = await minified(outputFiles[0]?.text ?? "");
    expect(code).not.toContain("class ConfigurationError");
    built = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as Built;
  });

  it("have the documented names", () => {
    for (const [code, ErrorClass] of Object.entries(built.errorClasses)) {
      const documented = errorClasses[code as keyof typeof errorClasses].name;
      const error = new ErrorClass("what happened");
      expect(documented).toMatch(/^[A-Z]\w+Error$/);
      expect([error.name, error.toJSON().name, error.constructor.name]).toEqual([documented, documented, documented]);
      expect(inspect(error)).toContain(`${documented}: what happened`);
    }
  });

  it("keep the name of a user's subclass", () => {
    class TooExpensive extends built.errorClasses.vendor {}
    expect(new TooExpensive("no").name).toBe("TooExpensive");
  });
});
