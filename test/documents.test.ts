import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { callRecordSchema } from "call-records";
import { errorClasses } from "../src/model/errors.js";
import { vendors } from "../src/vendors.js";
import { anchorsOf, documents, linksOf, readDocument, root } from "./documents.js";
import { typeErrorsIn } from "./type-check.js";

const { scripts, files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  files: string[];
};
const [readme, chinese] = documents.slice(0, 2) as [(typeof documents)[0], (typeof documents)[0]];
const shipped = [...documents, ...["SECURITY.md", "CHANGELOG.md"].map(readDocument)];
const internal = ["CONTRIBUTING.md", "examples/README.md", "test/README.md"].map(readDocument);

/** Whether the package contains the file. npm always adds these three. */
function isShipped(path: string): boolean {
  return (
    ["README.md", "LICENSE", "package.json"].includes(path) ||
    files.some((pattern) => (pattern === "docs/*.md" ? /^docs\/[\w-]+\.md$/.test(path) : pattern === path))
  );
}

/** Returns the lines outside of code blocks. */
function proseOf(text: string): string[] {
  return text.replace(/^```.*\n[^]*?^```$/gm, "").split("\n");
}

describe.each(shipped.map((document) => [document.path, document] as const))("%s", (path, document) => {
  it("links only to files in the package, and to headings that exist", () => {
    const broken = linksOf(document).filter(({ path: target, anchor }) => {
      const linked = target === "" ? path : join(dirname(path), target);
      if (!isShipped(linked) || !existsSync(join(root, linked))) return true;
      return anchor !== null && !anchorsOf(readDocument(linked)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("contains no code block that no test checks", () => {
    // Programs are checked below and in test/examples, `sh` commands below, `console` and `json` in test/cli, and `sql` with the databases.
    expect(["ts", "sh", "console", "json", "sql"]).toEqual(
      expect.arrayContaining(document.blocks.map(({ language }) => language)),
    );
  });

  it("names only examples and scripts that exist", () => {
    const examples = [...document.text.matchAll(/(?<!test\/)\bexamples\/[\w./-]*[\w/]/g)].map(([example]) => example);
    expect(examples.filter((example) => !existsSync(join(root, example)))).toEqual([]);
    const used = [...document.text.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("has lines of at most 120 characters, except for table rows, output and Chinese text", () => {
    const long = proseOf(document.text).filter((line) => line.length > 120 && !line.startsWith("|"));
    if (!/zh-CN|CHANGELOG|adapters/.test(path)) expect(long).toEqual([]);
    const code = document.blocks.filter(({ language }) => language === "ts").flatMap((block) => block.code.split("\n"));
    if (path !== "docs/adapters.md") expect(code.filter((line) => line.length > 120)).toEqual([]);
  });
});

describe("the README", () => {
  it("has at most 250 lines", () => {
    expect(readme.text.trimEnd().split("\n").length).toBeLessThanOrEqual(250);
  });

  it("contains only commands that exist and that CI runs", () => {
    const ci = readFileSync(join(root, ".ci", "run"), "utf8");
    const blocks = readme.blocks.filter(({ language }) => language === "sh");
    const commands = blocks
      .flatMap(({ code }) => code.split(/&&|\n/).map((command) => command.trim()))
      .filter((command) => command !== "");
    expect(new Set(commands)).toEqual(new Set(["npm install call-records", "npm ci", "npm run demo", "npm test"]));
    for (const command of commands) if (command !== "npm install call-records") expect(ci, command).toContain(command);
  });

  it("has the same programs, tables and links in Chinese", () => {
    expect(chinese.blocks).toEqual(readme.blocks);
    const shapeOf = (text: string) => proseOf(text).flatMap((line) => /^#+ |^\||^- /.exec(line)?.[0] ?? []);
    expect(shapeOf(chinese.text)).toEqual(shapeOf(readme.text));
    const targets = ({ text }: { text: string }) =>
      linksOf({ text })
        .map(({ path }) => path)
        .filter((path) => !path.startsWith("README"))
        .sort();
    expect(targets(chinese)).toEqual(targets(readme));
  });
});

/** The examples in the docstrings of the client. */
const examples = [
  ...readFileSync(join(root, "src/client.ts"), "utf8").matchAll(/\* @example\n((?: +\* (?!@).+\n)+)/g),
].map(([, lines = ""]) => lines.replace(/^ +\* /gm, ""));

/** The declarations that the examples use. */
const PRELUDE = `
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type BuiltInProvider, type CallRecord, type CallRecordsClient, day, type Destination, FileCheckpointStore, itniotech, month } from "call-records";
declare const client: CallRecordsClient<BuiltInProvider>;
declare const stored: CallRecord;
declare const destination: Destination;
declare function save(records: CallRecord[]): Promise<void>;
export const used = [createWriteStream, pipeline, client, stored, destination, save, day, month, FileCheckpointStore, itniotech];
`;

describe("the programs in the documents and in the docstrings", () => {
  it("type-check against the library", { tags: ["slow"], timeout: 120_000 }, () => {
    const programs = documents.flatMap(({ path, programs }) =>
      path === chinese.path ? [] : programs.map((code, index) => ({ path, code, index })),
    );
    const modules = new Map(
      programs.map(({ path, code, index }) => [
        join(root, "examples", `${path.replaceAll(/\W/g, "-")}-${index + 1}.ts`),
        code,
      ]),
    );
    expect(modules.size).toBeGreaterThan(15);
    expect(examples).toHaveLength(10);
    examples.forEach((code, index) =>
      modules.set(join(root, "examples", `docstring-${index + 1}.ts`), `${PRELUDE}${code}export const all = 0;\n`),
    );
    // One example assigns its result to a variable that it does not use.
    expect(
      typeErrorsIn(modules).filter((error) => !/docstring.*is declared but its value is never read/.test(error)),
    ).toEqual([]);
  });
});

describe("the documents are complete", () => {
  const textOf = (path: string) => documents.find((document) => document.path === path)?.text ?? "";

  it("docs/index.md links every page", () => {
    const pages = documents
      .map(({ path }) => path)
      .filter((path) => path.startsWith("docs/") && path !== "docs/index.md");
    expect(linksOf({ text: textOf("docs/index.md") }).map(({ path }) => `docs/${path}`)).toEqual(
      expect.arrayContaining(pages),
    );
  });

  it("docs/fields.md has a row for every field of a record", () => {
    const text = textOf("docs/fields.md");
    expect(
      Object.keys(callRecordSchema.shape).filter((field) => !new RegExp(`^\\|.*\`${field}\``, "m").test(text)),
    ).toEqual([]);
  });

  it("docs/errors.md has every error class", () => {
    const text = textOf("docs/errors.md");
    expect(
      Object.entries(errorClasses).filter(([code, { name }]) => !text.includes(`| \`${name}\` | \`${code}\` |`)),
    ).toEqual([]);
  });

  it("docs/configuration.md has every environment variable", () => {
    const text = textOf("docs/configuration.md");
    const names = vendors().flatMap(({ variables }) => Object.values(variables).map((variable) => variable.name));
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});

describe.each(internal.map((document) => [document.path, document] as const))("%s", (path, document) => {
  it("names only files and scripts that exist", () => {
    const links = linksOf(document).map((link) => join(root, dirname(path), link.path));
    const programs = [...document.text.matchAll(/npx tsx (\S+\.ts)/g)].map(([, program = ""]) => join(root, program));
    expect([...links, ...programs].filter((file) => !existsSync(file))).toEqual([]);
    const used = [...document.text.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe.each(["examples", "test"])("the README of %s", (folder) => {
  it("names each of its folders", () => {
    const { text } = readDocument(`${folder}/README.md`);
    const folders = readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    // The tests write the programs of the documents to these folders.
    expect(
      folders.filter(
        (name) => !name.startsWith("readme-") && !text.includes(`\`${name}\``) && !text.includes(`[${name}]`),
      ),
    ).toEqual([]);
  });
});
