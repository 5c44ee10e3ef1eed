/** Smaller bodies are not examined, because those that are in flight together use little memory. */
const MIN_BYTES = 1_048_576;
/** The approximate memory that V8 uses for a list or an object, and for an element of one. */
const [CONTAINER_BYTES, ELEMENT_BYTES] = [56, 16];
const [BRACE, BRACKET, COMMA] = [123, 91, 44];

/**
 * Returns the approximate memory that a body uses once it is parsed as JSON, besides the bytes that were received: that of its text and its values. 33 MB of
 * `{},{},…` become 0.9 GB. Strings that contain brackets or commas are overestimated.
 */
export function memoryOfJson(bytes: Uint8Array): number {
  if (bytes.byteLength < MIN_BYTES) return 0;
  let containers = 0;
  let commas = 0;
  for (const byte of bytes) {
    if (byte === BRACE || byte === BRACKET) containers += 1;
    else if (byte === COMMA) commas += 1;
  }
  return bytes.byteLength + containers * CONTAINER_BYTES + (containers + commas) * ELEMENT_BYTES;
}
