import { createHash } from "node:crypto";
import { type Content, Html, markup } from "./html.js";
import { style } from "./styles.js";

/** The page allows its own style, known by its hash, and nothing else: no script, no request, no form and no frame. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style, "utf8").digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Returns the whole document. */
export function pageHtml(locale: string, title: string, body: Content): Html {
  return markup`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="call-records">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}</body>
</html>
`;
}
