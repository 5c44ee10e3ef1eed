import { gzipSync } from "node:zlib";

const MEGABYTES = 96;
let made: Buffer | null = null;

/** Returns a JSON text of 96 MB, compressed to about 100 kB of gzip. It is built on first use. */
export function bomb(): Buffer {
  made ??= gzipSync(
    Buffer.concat([Buffer.from('{"status":"'), Buffer.alloc(MEGABYTES * 1_048_576, "0"), Buffer.from('"}')]),
  );
  return made;
}
