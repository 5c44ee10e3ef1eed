import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export const page = readFileSync(new URL("page.html", import.meta.url), "utf8");

/** Allows only the page's own script and style, by their hashes, and connections to this server. Text cannot become markup. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src ${hashOf("script")}`,
  `style-src ${hashOf("style")}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

function hashOf(element: "script" | "style"): string {
  const [, content] = new RegExp(`<${element}>(.*?)</${element}>`, "s").exec(page) ?? [];
  if (content === undefined) throw new Error(`page.html has no <${element}>.`);
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}
