import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as root from "call-records";
import { providersFromEnvironment } from "call-records";
import { vendors } from "../src/vendors.js";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const ids = vendors().map(({ id }) => id);

it("the registry lists each folder of src/providers once", () => {
  expect([...ids].sort()).toEqual(readdirSync(new URL("../src/providers", import.meta.url)).sort());
});

it("no variable belongs to two options", () => {
  const names = vendors().flatMap(({ variables }) => Object.values(variables).map(({ name }) => name));
  expect(names).toHaveLength(new Set(names).size);
});

it.each(vendors())("$id is exported by the root and by a separate entry", async ({ id, factory }) => {
  expect(root).toHaveProperty(factory.name, factory);
  expect(await import(`../src/providers/${id}/index.ts`)).toHaveProperty(factory.name, factory);
  const { exports, keywords } = JSON.parse(read("package.json")) as {
    exports: Record<string, unknown>;
    keywords: string[];
  };
  const built = `./dist/providers/${id}/index`;
  expect(exports[`./${id}`]).toEqual({
    import: { types: `${built}.d.ts`, default: `${built}.js` },
    require: { types: `${built}.d.cts`, default: `${built}.cjs` },
  });
  expect(keywords).toContain(id);
});

it("TypeScript finds the types of every entry with the module resolution node10, which ignores `exports`", () => {
  const { exports, types, typesVersions } = JSON.parse(read("package.json")) as {
    exports: Record<string, { import: { types: string } } | string>;
    types: string;
    typesVersions: Record<string, Record<string, string[]>>;
  };
  const entries = Object.entries(exports).flatMap(([entry, target]) =>
    typeof target === "string" ? [] : [[entry.replace(/^\.\/?/, ""), [target.import.types]] as const],
  );
  expect({ "": [types], ...typesVersions["*"] }).toEqual(Object.fromEntries(entries));
});

it.each(vendors())("the environment creates one provider for $id from its required variables", ({ id, variables }) => {
  const required = Object.values(variables).filter(({ isRequired }) => isRequired);
  // The value is a number, because some variables require one.
  const environment = Object.fromEntries(required.map(({ name }) => [name, "1400000000"]));
  expect(providersFromEnvironment(environment).map((provider) => provider.id)).toEqual([id]);
});

it.each(vendors())("the documents name $id, and the docstring its variables", ({ id, factory, variables }) => {
  for (const page of ["README.md", "README.zh-CN.md", "docs/vendors.md", "docs/fields.md", "docs/configuration.md"])
    expect(read(page), page).toMatch(new RegExp(`\\b(?:${factory.name}|${id})\\b`));
  const docstring = read("src/environment.ts");
  expect(Object.values(variables).filter(({ name }) => !docstring.includes(`\`${name}\``))).toEqual([]);
});
