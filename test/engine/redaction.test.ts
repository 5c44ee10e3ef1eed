import { expect, it } from "vitest";
import { Redaction } from "../../src/engine/account/redaction.js";

const SECRET = 'a/b+c="d"\\é';

it.each([
  ["as it is", SECRET],
  ["in a URL", encodeURIComponent(SECRET)],
  ["in a URL, with small letters", encodeURIComponent(SECRET).replace(/%../g, (escape) => escape.toLowerCase())],
  ["in JSON", JSON.stringify(SECRET)],
])("takes a secret out of a text, %s", (_, written) => {
  expect(new Redaction([SECRET]).clean(`the key ${written} is wrong`)).toMatch(/^the key "?\[redacted\]"? is wrong$/);
});

it("leaves other text alone", () => {
  expect(new Redaction([SECRET, ""]).clean("the key is wrong")).toBe("the key is wrong");
});
