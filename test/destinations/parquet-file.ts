import { readFile } from "node:fs/promises";
import { type FileMetaData, parquetMetadata, parquetReadObjects } from "hyparquet";

/** A row of a Parquet file: times are `Date`, and JSON is parsed. */
export type ParquetRow = Record<string, unknown>;

/** The reader's own decoder removes a byte order mark at the start of a text. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const parsers = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes) };

/** Reads a file with hyparquet. */
export async function readParquet(path: string): Promise<{ rows: ParquetRow[]; metadata: FileMetaData }> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const file = buffer.slice(byteOffset, byteOffset + byteLength);
  return { rows: await parquetReadObjects({ file, parsers }), metadata: parquetMetadata(file) };
}
