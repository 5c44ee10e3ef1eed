import { describe, expect, it } from "vitest";
import { filesAt, findingsIn } from "./findings.js";
import { everything } from "./paths.js";

describe("the vocabulary", () => {
  it.each(everything)("is respected in %s", (path) => {
    const findings = filesAt(path)
      .flatMap((file) => findingsIn(file))
      .map(({ file, line, found, instead }) => `${file}:${line}: ${found} → ${instead}`);
    expect(findings).toEqual([]);
  });

  it.each([
    ["a word in a comment", "// The vendor's verdict is final."],
    ["a word in a docstring of a member", "interface Row {\n  /** The verdict. */\n  code: string;\n}"],
    ["a word in an empty block", "try {\n} catch {\n  // The verdict is final.\n}"],
    ["a word in a string", 'export const text = "the verdict is final";'],
    ["a word in a template", "export const text = `the verdict of ${name} is final`;"],
    ["a word in a name", "export const tokenAnswer = 1;"],
    ["a word in a parameter", "function read(verdict: string) {}"],
    ["a docstring that begins with a clause", "/** What the vendor returns. */\nexport const text = 1;"],
    ["a long sentence", `// ${"word ".repeat(40)}`],
    ["milliseconds without a suffix", "const DAY = 86_400_000;"],
  ])("rejects %s", (_, source) => {
    expect(findingsIn("src/example.ts", source)).toHaveLength(1);
  });

  it.each([
    ["an answered call", "// The agent answers the call.\nexport const answeredAt = 1;"],
    ["a code span", "// The field `answer` is old."],
    ["a use of a name that a package declares", "console.log(vendor.answer);"],
    ["milliseconds with a suffix", "const DAY_MS = 86_400_000;"],
  ])("accepts %s", (_, source) => {
    expect(findingsIn("src/example.ts", source)).toEqual([]);
  });

  it("rejects a word in a document", () => {
    expect(findingsIn("docs/example.md", "# Title\n\nThe verdict is final.\n")).toMatchObject([{ line: 3 }]);
  });
});
