/** Markup that is safe to insert into the page. */
export class Html {
  constructor(readonly text: string) {}
}

/** The contents of a template. Texts and numbers are escaped; null is nothing. */
export type Content = Html | string | number | null | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Matches the characters of markup, and those that a document must not contain: control characters except tab and line feed, and lone surrogates. */
const UNSAFE = /[&<>"'\ufffe\uffff]|(?![\t\n])\p{Cc}|\p{Cs}/gu;

/** Returns a text in which no character has a meaning in HTML, SVG or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(UNSAFE, (character) => ENTITIES[character] ?? "\ufffd");
}

/** Builds markup. Every inserted text is escaped, so it can also be the value of a quoted attribute. */
export function markup(literals: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(literals.map((literal, index) => literal + textOf(contents[index] ?? null)).join(""));
}

function textOf(content: Content): string {
  if (content === null) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "string") return escapeHtml(content);
  if (typeof content === "number") return String(content);
  return content.map(textOf).join("");
}

/** Returns a name from a vendor. `bdi` keeps its direction marks from changing the text around it. */
export function nameHtml(name: string): Html {
  return markup`<bdi>${name}</bdi>`;
}
