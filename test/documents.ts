import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** A page for users of the package. */
export interface Document {
  /** Its path in the project, such as `docs/sync.md`. */
  path: string;
  text: string;
  /** Its blocks of code, in order. */
  blocks: { language: string; code: string }[];
  /** Whole TypeScript programs: they begin with an import. The excerpts in `docs/adapters.md` are checked against the example that they explain. */
  programs: string[];
}

/** Reads one page. */
export function readDocument(path: string): Document {
  const text = readFileSync(join(root, path), "utf8");
  const blocks = [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
    language,
    code,
  }));
  const programs = blocks.filter(
    ({ language, code }) => language === "ts" && code.startsWith("import ") && path !== "docs/adapters.md",
  );
  return { path, text, blocks, programs: programs.map(({ code }) => code) };
}

const guides = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));

/** Every page that the package contains and that shows how to use it. */
export const documents: readonly Document[] = [
  "README.md",
  "README.zh-CN.md",
  ...guides.map((name) => `docs/${name}`),
].map(readDocument);

/** Returns the anchors of the page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Pick<Document, "text">): string[] {
  const headings = text.replace(/^```.*\n[^]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Returns the targets of the page's links that are not URLs: a path, an anchor, or both. */
export function linksOf({ text }: Pick<Document, "text">): { path: string; anchor: string | null }[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
  return targets.map((target) => {
    const [path = "", anchor = null] = target.split("#");
    return { path, anchor };
  });
}
