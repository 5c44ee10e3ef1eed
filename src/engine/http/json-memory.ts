/** Of smaller bodies, too few are on their way at once to be worth the look. */
const MIN_BYTES = 1_048_576;
/** About what V8 takes for a list or an object, and for a place in one. */
const [CONTAINER_BYTES, PLACE_BYTES] = [56, 16];
const [BRACE, BRACKET, COMMA] = [123, 91, 44];

/**
 * About how much memory a body takes once it is read as JSON, beyond the bytes that were received: as a text, and as what the text holds. 33 MB of `{},{},…` become 0.9 GB. Strings with such characters in them
 * count as more than they are.
 */
export function memoryOfJson(bytes: Uint8Array): number {
  if (bytes.byteLength < MIN_BYTES) return 0;
  let containers = 0;
  let places = 0;
  for (const byte of bytes) {
    if (byte === BRACE || byte === BRACKET) containers += 1;
    else if (byte === COMMA) places += 1;
  }
  return bytes.byteLength + containers * CONTAINER_BYTES + (containers + places) * PLACE_BYTES;
}
