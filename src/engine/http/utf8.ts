import * as nodeBuffer from "node:buffer";
import { TextDecoder } from "node:util";

const { isAscii, isUtf8 } = nodeBuffer;
/** Missing in a Node without ICU, where a named import might fail to link. */
const { transcode }: { transcode?: typeof nodeBuffer.transcode } = nodeBuffer;

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Decodes UTF-8, without the byte order mark. Invalid bytes become replacement characters. It converts by way of UTF-16, because that takes half the time of a
 * `TextDecoder` for text that is not all ASCII, which saves a tenth of the whole time for a row.
 */
export function decodeUtf8(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  if (transcode === undefined || !isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const text = transcode(bytes, "utf8", "utf16le").toString("utf16le");
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
