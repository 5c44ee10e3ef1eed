import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { run } from "./run.js";
import { TYPESCRIPT_VERSIONS, typescriptPackage } from "./versions.js";

const consumer = inject("consumer");

/** The settings of projects: the module system, the module resolution, the files, and the `type` in package.json. */
const SETTINGS = [
  { module: "node16", moduleResolution: "node16", files: ["typed.mts", "typed.cts"], type: "module" },
  { module: "nodenext", moduleResolution: "nodenext", files: ["typed.mts", "typed.cts"], type: "module" },
  { module: "esnext", moduleResolution: "bundler", files: ["typed.ts"], type: "module" },
];

/** The resolution of older projects, which ignores `exports`. TypeScript 6 deprecates it, and 7 removes it. */
const NODE10 = { module: "commonjs", moduleResolution: "node10", files: ["typed.ts"], type: "commonjs" };
const settingsOf = (version: string) => (version === "7.0" ? SETTINGS : [...SETTINGS, NODE10]);

/** The strictest options, which also check the declarations of the package and of its dependencies. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  skipLibCheck: false,
};

async function compilerOf(version: string): Promise<string> {
  const folder = join(consumer, "node_modules", typescriptPackage(version));
  const { bin } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { bin: { tsc: string } };
  return join(folder, bin.tsc);
}

/** Creates a project, and returns its folder and the compiled files. */
async function makeProject(
  version: string,
  { module, moduleResolution, files, type }: (typeof SETTINGS)[number],
): Promise<{ folder: string; programs: string[] }> {
  const folder = join(consumer, `${typescriptPackage(version)}-${moduleResolution}`);
  await mkdir(folder);
  await Promise.all([
    ...files.map((file) => copyFile(join(consumer, "typed.ts"), join(folder, file))),
    writeFile(join(folder, "package.json"), JSON.stringify({ type })),
    writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          ...STRICT,
          module,
          moduleResolution,
          // Implied by the other module systems. The types of zod require it.
          esModuleInterop: true,
          ...(version === "6.0" && moduleResolution === "node10" ? { ignoreDeprecations: version } : {}),
          target: "es2022",
          lib: ["es2022"],
          types: ["node"],
          rootDir: ".",
          outDir: "out",
        },
        files,
      }),
    ),
  ]);
  return { folder, programs: files.map((file) => join("out", file.replace("ts", "js"))) };
}

describe.each(TYPESCRIPT_VERSIONS)("TypeScript %s", (version) => {
  it.each(settingsOf(version))(
    "compiles with the module resolution $moduleResolution, and the output runs",
    async (settings) => {
      const { folder, programs } = await makeProject(version, settings);
      const compiler = await compilerOf(version);
      expect(await run(process.execPath, [compiler, "--version"], folder)).toContain(`Version ${version}.`);
      expect(await run(process.execPath, [compiler], folder)).toBe("");
      for (const program of programs)
        expect(await run(process.execPath, [program], folder), program).toMatch(/^[1-9]\d*\n$/);
    },
  );
});
