import { z } from "zod";
import { checkCalls } from "../../columns/read-calls.js";
import { readOptions, signalSchema } from "../../columns/read-options.js";
import { errorCodeOf } from "../../files/error-code.js";
import { errorMessageOf } from "../../files/error-message.js";
import { WholeFile } from "../../files/whole-file.js";
import { type CallRecord, RequestError } from "../../index.js";
import { abortable } from "./abortable.js";
import { DEFAULT_ROW_GROUP_ROWS, ParquetEncoder } from "./parquet-encoder.js";

/** The options of {@link writeParquet}. */
export interface ParquetOptions {
  /**
   * The largest number of calls in a row group, from 1 to 1,000,000. The process holds one group in memory, and is busy while it encodes it. Programs read
   * whole groups, several at the same time. A group also ends at about 32 MB of text. Default: 10,000.
   */
  rowGroupRows?: number | undefined;
  /** Stops the writing. The file is then not written. */
  signal?: AbortSignal | undefined;
}

/** The result of {@link writeParquet}. */
export interface ParquetReport {
  /** The number of calls in the file. */
  rows: number;
  /** The size of the file in bytes. */
  bytes: number;
}

const MAX_ROW_GROUP_ROWS = 1_000_000;
const ROWS_RULE = `must be a whole number from 1 to ${MAX_ROW_GROUP_ROWS}`;
const optionsSchema = z.strictObject(
  {
    rowGroupRows: z.int(ROWS_RULE).min(1, ROWS_RULE).max(MAX_ROW_GROUP_ROWS, ROWS_RULE).default(DEFAULT_ROW_GROUP_ROWS),
    signal: signalSchema.optional(),
  } satisfies Record<keyof ParquetOptions, z.ZodType>,
  { error: ({ code }) => (code === "invalid_type" ? "the options must be an object" : undefined) },
);

/**
 * Writes calls to one Parquet file, compressed with Snappy. The file has the columns of `callColumns` with their names for databases, such as `caller_number`,
 * and `legs` and `raw`. Times are timestamps in UTC, durations are whole seconds, and lists are JSON. Unknown values are null, except that `application` is
 * empty where there is none.
 *
 * In texts, NUL and lone surrogates become U+FFFD. In ids and the account, they become escapes such as `\u0000`, and a backslash is doubled.
 *
 * The file is written completely or not at all: until it is complete, its content is in a temporary file beside it, and a previous file stays. When reading or
 * writing fails, the temporary file is removed. The memory in use does not depend on the number of calls. A call is read only when there is room.
 * @param calls a stream of `client.records`, an array, or any other iterable of calls.
 * @param path the path of the file.
 * @returns the number of calls, and the size of the file.
 * @throws RequestError when an argument or an option is invalid, an item is not a call record, or the file cannot be written; `cause` is the error of the
 * file system. AbortedError when the signal is aborted. An error of `calls` is thrown unchanged.
 */
export async function writeParquet(
  calls: AsyncIterable<CallRecord> | Iterable<CallRecord>,
  path: string,
  options: ParquetOptions = {},
): Promise<ParquetReport> {
  checkCalls("writeParquet", calls);
  checkPath(path);
  const { rowGroupRows, signal } = readOptions("writeParquet", optionsSchema, options);
  const encoder = new ParquetEncoder(rowGroupRows);
  const file = await onFile(path, () => WholeFile.open(path));
  let bytes = 0;
  const write = async (part: Uint8Array) => {
    await onFile(path, () => file.write(part));
    bytes += part.length;
  };
  try {
    for await (const call of signal === undefined ? calls : abortable(calls, signal, "writeParquet")) {
      const group = encoder.add(call);
      if (group !== null) await write(group);
    }
    await write(encoder.end());
  } catch (error) {
    await file.discard();
    throw error;
  }
  await onFile(path, () => file.commit());
  return { rows: encoder.rows, bytes };
}

/** @throws RequestError when the file cannot be written. */
async function onFile<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = errorCodeOf(error);
    const rule = code === "ENOENT" ? " Its folder must exist." : "";
    throw new RequestError(
      `writeParquet: argument \`path\`: ${path} was not written: ${errorMessageOf(error)}.${rule}`,
      {
        vendorCode: code,
        cause: error,
      },
    );
  }
}

/** The path comes from users who may not use TypeScript. */
function checkPath(path: unknown): void {
  if (typeof path !== "string" || path === "")
    throw new RequestError("writeParquet: argument `path`: must be a text that is not empty.");
}
