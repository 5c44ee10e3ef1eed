import { TextDecoder } from "node:util";
import { ResponseError } from "../../model/errors.js";
import { decodeUtf8 } from "./utf8.js";

/** The `charset` of a content type, quoted or not. */
const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))/i;

/** Names that servers write and the Encoding Standard does not know. ASCII is a part of UTF-8, of which every JSON is by its own standard. */
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

/** A byte order mark tells the encoding for sure: whoever wrote one wrote in it. */
const MARKS: readonly (readonly [bytes: readonly number[], charset: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/**
 * The text of a body: by its byte order mark, else by the charset of its content type, else in UTF-8. What is none of the charset becomes replacement
 * characters.
 * @param whose names who answered, in the message of the error.
 * @throws ResponseError when the runtime does not know the charset. Some builds of Node know UTF-8 and UTF-16 only.
 */
export function decodeBody(bytes: Buffer, contentType: string | undefined, whose: string): string {
  const marked = MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))?.[1];
  const declared = contentType === undefined ? undefined : declaredCharset(contentType);
  const charset = marked ?? declared ?? "utf-8";
  if (charset === "utf-8") return decodeUtf8(bytes);
  const decoder = decoderOf(charset);
  if (decoder === null) {
    throw new ResponseError(
      `The answer of ${whose} is in the charset \`${charset.slice(0, 40)}\`, which this runtime does not know. Ask the vendor for UTF-8; if it is a common charset, use a Node with full ICU, as nodejs.org's are.`,
    );
  }
  return decoder.decode(bytes);
}

/** In small letters; undefined where none is declared. */
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
