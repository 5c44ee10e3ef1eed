import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const sources = join(root, "src");
const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));

/** Returns the files of src that a file imports, including type-only and dynamic imports. */
function importsOf(path: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(sources, path), "utf8"));
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => join(dirname(path), specifier).replace(/\.js$/, ".ts"));
}

/** Returns the files of one cycle, with the first repeated at the end, or an empty array. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const search = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const cycle = search(next, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = search(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe("import cycles", () => {
  it("are detected", () => {
    const graph = { a: ["b", "c"], b: ["c"], c: ["d"], d: ["b"] };
    expect(findCycle(new Map(Object.entries(graph)))).toEqual(["b", "c", "d", "b"]);
    expect(findCycle(new Map(Object.entries({ ...graph, d: [] })))).toEqual([]);
    expect(findCycle(new Map([["a", ["a"]]]))).toEqual(["a", "a"]);
  });

  it("do not exist in src, including type imports", () => {
    const graph = new Map(files.map((path) => [path, importsOf(path)]));
    const unknown = [...graph.values()]
      .flat()
      .filter((path) => !graph.has(path) && path !== join("..", "package.json"));
    expect(unknown).toEqual([]);
    expect(findCycle(graph)).toEqual([]);
  });
});

describe("import directions", () => {
  const lint = new ESLint({
    cwd: root,
    // The files of this test do not exist, so they have no types.
    overrideConfig: [{ files: ["**/*.ts"], ...tseslint.configs.disableTypeChecked }],
  });

  /** Returns the messages about the direction of imports. */
  async function importErrors(from: string, statement: string): Promise<string[]> {
    const [result] = await lint.lintText(statement, { filePath: join(sources, `${from}.ts`) });
    const messages = result?.messages ?? [];
    expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
    return messages.filter(({ ruleId }) => ruleId === "house/imports").map(({ message }) => message);
  }

  function importOf(from: string, to: string): string {
    const path = relative(dirname(from), to).replaceAll("\\", "/");
    return `import { thing } from "${path.startsWith(".") ? path : `./${path}`}.js";`;
  }

  /** One file of each layer. A layer may import those after it. */
  const LAYERS = [
    "cli/commands/one",
    "index",
    "client",
    "operations/sync/one",
    "engine/lists/one",
    "engine/account/one",
    "engine/http/one",
    "contract/one",
    "model/one",
  ];
  const downwards = LAYERS.flatMap((from, index) => LAYERS.slice(index + 1).map((to) => [from, to] as const));

  const allowed = [
    ...downwards,
    ["providers/tencent-ccc/map", "providers/tencent-ccc/wire"],
    ["providers/tencent-ccc/map", "contract/one"],
    ["providers/tencent-ccc/map", "model/one"],
    ["vendors", "providers/itniotech/index"],
    ["index", "providers/itniotech/index"],
    ["index", "vendors"],
    ["index", "environment"],
    ["environment", "vendors"],
    ["environment", "model/one"],
    ["adapter", "contract/one"],
    ["testing/one", "index"],
    ["testing/conformance/one", "adapter"],
    ["testing/conformance/one", "testing/one"],
    ["cli/commands/emulator", "testing/index"],
    ["cli/one", "vendors"],
    ["cli/one", "destinations/parquet/one"],
    ["destinations/parquet/one", "index"],
    ["destinations/parquet/one", "columns/one"],
    ["destinations/parquet/one", "files/one"],
    ["destinations/parquet/one", "adapter"],
    ["cli/commands/report", "report/index"],
    ["cli/commands/report", "metrics/one"],
    ["report/sections/one", "metrics/one"],
    ["report/one", "adapter"],
    ["cli/output/one", "files/one"],
    ["engine/checkpoints/one", "files/one"],
    ["engine/checkpoints/one", "contract/one"],
    ["operations/one", "engine/checkpoints/one"],
    ["client", "client-options"],
    ["client-options", "operations/one"],
  ] as const;

  const forbidden = [
    ...downwards.map(([from, to]) => [to, from] as const),
    ...["cli/one", "index", "client", "operations/one", "engine/http/one", "vendors", "testing/index", "files/one"].map(
      (to) => ["providers/itniotech/map", to] as const,
    ),
    ["providers/itniotech/map", "providers/huawei-cec/map"],
    ...["cli/one", "client", "operations/one", "engine/http/one", "contract/one", "model/one", "vendors"].map(
      (to) => ["testing/one", to] as const,
    ),
    ["testing/one", "providers/itniotech/index"],
    ...["operations/one", "engine/lists/one", "engine/account/one", "engine/http/one", "contract/one"].flatMap((from) =>
      ["providers/itniotech/index", "vendors", "environment", "testing/index", "adapter"].map(
        (to) => [from, to] as const,
      ),
    ),
    ...["engine/lists/one", "engine/account/one", "engine/http/one"].flatMap(
      (other) =>
        [
          ["engine/checkpoints/one", other],
          [other, "engine/checkpoints/one"],
        ] as const,
    ),
    ["client", "vendors"],
    ["client", "environment"],
    ["client-options", "client"],
    ["vendors", "environment"],
    ["vendors", "contract/one"],
    ["environment", "client"],
    ["environment", "providers/itniotech/index"],
    ["ranges", "client"],
    ["adapter", "index"],
    ["adapter", "engine/http/one"],
    ["files/one", "engine/checkpoints/one"],
    ["files/one", "model/one"],
    ...["engine/lists/one", "operations/one", "contract/one", "cli/one", "destinations/sql/one"].map(
      (to) => ["destinations/parquet/one", to] as const,
    ),
    ...["operations/one", "contract/one", "model/one", "cli/one", "destinations/sql/one"].map(
      (to) => ["report/one", to] as const,
    ),
    ["metrics/one", "report/one"],
    ["index", "report/index"],
    ["cli/one", "report/sections/one"],
    ["index", "destinations/parquet/one"],
    ["cli/one", "providers/itniotech/index"],
    ["cli/one", "testing/emulator"],
    ["cli/one", "adapter"],
    ["model/one", "../test/one"],
  ] as const;

  it.each(allowed)("allow %s to import %s", async (from, to) => {
    expect(await importErrors(from, importOf(from, to))).toEqual([]);
  });

  it.each(forbidden)("forbid %s to import %s", async (from, to) => {
    expect(await importErrors(from, importOf(from, to))).toHaveLength(1);
  });

  it.each([
    'import type { Thing } from "../cli/one.js";',
    'import "../cli/one.js";',
    'export { thing } from "../cli/one.js";',
    'export type * from "../cli/one.js";',
    'export const later = () => import("../cli/one.js");',
    'export type Thing = import("../cli/one.js").Thing;',
  ])("hold for %s", async (statement) => {
    expect(await importErrors("model/one", statement)).toEqual([
      "src/model may not import src/cli/one. See CONTRIBUTING.md.",
    ]);
  });

  it("are required for a new folder", async () => {
    expect(await importErrors("attic/one", "export {};")).toEqual([
      "src/attic/one has no entry in MAY_IMPORT of eslint.house.js.",
    ]);
  });
});

describe("the public entries", () => {
  /** Returns the names that a file exports, including those of `export *`. */
  function namesOf(path: string): string[] {
    const source = readFileSync(join(sources, path), "utf8");
    return ts.createSourceFile(path, source, ts.ScriptTarget.Latest).statements.flatMap((statement) => {
      if (!ts.isExportDeclaration(statement)) return [];
      if (statement.exportClause === undefined) {
        const { text } = statement.moduleSpecifier as ts.StringLiteral;
        return namesOf(join(dirname(path), text).replace(/\.js$/, ".ts"));
      }
      return ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : [];
    });
  }

  it("export each name once", () => {
    const names = [...namesOf("index.ts"), ...namesOf("adapter.ts")];
    expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  });
});
