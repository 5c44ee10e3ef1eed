import { readdirSync } from "node:fs";

/** The folders and files that the vocabulary applies to. Everything directly in src and test is listed separately, so new folders are included. */
export const everything: readonly string[] = [
  ...entriesOf("src").map((name) => `src/${name}`),
  ...entriesOf("test").map((name) => `test/${name}`),
  "examples",
  "docs",
  ...entriesOf(".").filter((name) => name.endsWith(".md")),
];

function entriesOf(folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith("."));
}
