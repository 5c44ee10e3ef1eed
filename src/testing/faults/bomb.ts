import { gzipSync } from "node:zlib";

const MEGABYTES = 96;
let made: Buffer | null = null;

/** A JSON text of 96 MB in about 100 kB of gzip. Made once, and only when it is wanted. */
export function bomb(): Buffer {
  made ??= gzipSync(
    Buffer.concat([Buffer.from('{"status":"'), Buffer.alloc(MEGABYTES * 1_048_576, "0"), Buffer.from('"}')]),
  );
  return made;
}
