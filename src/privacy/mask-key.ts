import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { z } from "zod";

/** A key of fewer bytes could be found by trying all of them. */
const MIN_KEY_BYTES = 16;
/** The number of hexadecimal digits of the hash that a mask contains: 96 bits, so that two numbers do not have the same one by chance. */
const HASH_DIGITS = 24;
/** The last digits of a shorter number would show most of it. */
const MIN_DIGITS_WITH_END = 5;

const MASK = "masked-[a-p]{24}-(?:\\d\\d|xx)";
const MASKS = new RegExp(`^${MASK}(?:,${MASK})*$`);

/** The schema of a key: a text, which is used in UTF-8, or bytes. */
export const maskKeySchema = z.custom<string | Uint8Array>(
  (value) => sizeOf(value) >= MIN_KEY_BYTES,
  `must be a text or a Uint8Array of at least ${MIN_KEY_BYTES} bytes, such as the output of \`openssl rand -hex 32\``,
);

/** A `Uint8Array` is recognised by its bytes, because one from another realm (as in Jest) is an instance of another class. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  return ArrayBuffer.isView(value) ? value.byteLength : 0;
}

/**
 * Returns the keyed hash of a number in letters, which no reader takes for a telephone number: the first 96 bits of HMAC-SHA-256, whose hexadecimal digits 0 to f
 * are the letters a to p.
 * @param identity the E.164 number with its `+`, else the digits.
 */
export function hashOf(identity: string, key: string | Uint8Array): string {
  const hex = createHmac("sha256", key).update(identity).digest("hex").slice(0, HASH_DIGITS);
  return hex.replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
}

/** Returns what replaces a number: its hash and its last two digits. A number of fewer than five digits shows none. */
export function maskOf(identity: string, key: string | Uint8Array): string {
  const digits = identity.replace("+", "");
  const end = digits.length >= MIN_DIGITS_WITH_END ? digits.slice(-2) : "xx";
  return `masked-${hashOf(identity, key)}-${end}`;
}

/** Returns the hashes of a text that is a mask, or several with commas; null for any other text. */
export function hashesIn(text: string): string[] | null {
  return MASKS.test(text) ? text.split(",").map((mask) => mask.slice("masked-".length, -"-00".length)) : null;
}
