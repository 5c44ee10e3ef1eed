import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { complaintsAbout } from "./type-check.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");

describe("the README", () => {
  it("has no block that nothing tries", () => {
    const languages = [...readme.matchAll(/^```(.*)\n[^]*?^```$/gm)].map(([, language]) => language);
    // Programs: here, and run by test/examples; shell: here; commands and the configuration: test/cli.
    expect(new Set(languages)).toEqual(new Set(["ts", "sh", "console", "json"]));
  });

  it("gives commands that exist, and that CI runs", () => {
    const commands = [...readme.matchAll(/```sh\n([^]*?)```/g)]
      .flatMap(([, code = ""]) => code.split(/&&|\n/).map((command) => command.replace(/#.*/, "").trim()))
      .filter((command) => command !== "");
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const ci = readFileSync(join(root, ".ci", "run"), "utf8");
    for (const command of commands) {
      expect(ci, command).toContain(command);
      const [, script] = /^npm (?:run )?(.+)$/.exec(command) ?? [];
      expect(script === "ci" || Object.keys(scripts).includes(script ?? ""), command).toBe(true);
    }
    expect(new Set(commands)).toEqual(new Set(["npm ci", "npm run demo", "npm test"]));
  });

  it("links only to sections that it has", () => {
    const sections = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, "")
        .replaceAll(" ", "-"),
    );
    const links = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, section]) => section);
    expect(links).not.toEqual([]);
    expect(links.filter((section = "") => !sections.includes(section))).toEqual([]);
  });

  it("shows only code that type-checks against the library", { timeout: 60_000 }, () => {
    const modules = new Map(blocks.map((code, index) => [join(root, "examples", `readme-${index + 1}.ts`), code]));
    expect(complaintsAbout(modules)).toEqual([]);
  });
});

describe.each(["examples", "test"])("the README of %s", (folder) => {
  const text = readFileSync(join(root, folder, "README.md"), "utf8");

  it("names each of its folders", () => {
    const folders = readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    expect(folders.filter((name) => !text.includes(`\`${name}\``) && !text.includes(`[${name}]`))).toEqual([]);
  });

  it("names no file and no script that is not there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]+)?\)/g)].map(([, path = ""]) => join(root, folder, path));
    const files = [...text.matchAll(/npx tsx (\S+\.ts)/g)].map(([, path = ""]) => join(root, path));
    expect([...links, ...files].filter((path) => !existsSync(path))).toEqual([]);
    const used = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
    expect([...links, ...used]).not.toEqual([]);
  });
});
