import { TextDecoder } from "node:util";
import { ResponseError } from "../../model/errors.js";
import { decodeUtf8 } from "./utf8.js";

/** The `charset` of a content type, quoted or not. */
const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))/i;

/** Charset names that servers use, but the Encoding Standard does not define. ASCII is a subset of UTF-8, which the JSON standard requires. */
const ALIASES: Readonly<Record<string, string>> = {
  ascii: "utf-8",
  "us-ascii": "utf-8",
  utf8mb4: "utf-8",
  cp65001: "utf-8",
  cp936: "gbk",
  ms936: "gbk",
  "windows-936": "gbk",
  cp950: "big5",
  ms950: "big5",
  "gb-2312": "gbk",
  "gb-18030": "gb18030",
};

/** The encodings by byte order mark. A mark is written in the encoding of the text, so it is more reliable than the header. */
const MARKS: readonly (readonly [bytes: readonly number[], charset: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/**
 * Returns the text of a body. The encoding is that of the byte order mark, else the charset of the content type, else UTF-8. Invalid bytes become replacement
 * characters.
 * @param host is named in the message of the error.
 * @throws ResponseError when the runtime does not support the charset. Some builds of Node support UTF-8 and UTF-16 only.
 */
export function decodeBody(bytes: Buffer, contentType: string | undefined, host: string): string {
  const marked = MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))?.[1];
  const declared = contentType === undefined ? undefined : declaredCharset(contentType);
  const charset = marked ?? declared ?? "utf-8";
  if (charset === "utf-8") return decodeUtf8(bytes);
  const decoder = decoderOf(charset);
  if (decoder === null) {
    throw new ResponseError(
      `The response of ${host} has the charset \`${charset.slice(0, 40)}\`, which this runtime does not support. Ask the vendor for UTF-8; if it is a common charset, use a Node with full ICU, such as the builds of nodejs.org.`,
    );
  }
  return decoder.decode(bytes);
}

/** Returns the charset of a content type, in lower case; undefined where none is declared. */
function declaredCharset(contentType: string): string | undefined {
  const [, doubly, singly, bare] = CHARSET.exec(contentType) ?? [];
  const charset = (doubly ?? singly ?? bare ?? "").trim().toLowerCase();
  if (charset === "") return undefined;
  return ALIASES[charset] ?? (charset === "utf8" ? "utf-8" : charset);
}

function decoderOf(charset: string): TextDecoder | null {
  try {
    return new TextDecoder(charset);
  } catch {
    return null;
  }
}
