import { checkCalls } from "../../columns/read-calls.js";
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
  checkOptions(options);
  const { rowGroupRows = DEFAULT_ROW_GROUP_ROWS, signal } = options;
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
    throw new RequestError(`writeParquet: argument \`path\`: ${path} was not written: ${errorMessageOf(error)}.`, {
      vendorCode: errorCodeOf(error),
      cause: error,
    });
  }
}

function checkPath(path: unknown): void {
  if (typeof path !== "string" || path === "") throw invalid("argument `path`: must be a text that is not empty");
}

/** The values come from users who may not use TypeScript. */
function checkOptions(options: unknown): void {
  if (typeof options !== "object" || options === null) throw invalid("the options must be an object");
  for (const [name, value] of Object.entries(options)) {
    const check = OPTIONS.get(name);
    if (check === undefined) throw invalid(`unknown option \`${name}\``);
    if (value !== undefined && !check.isValid(value)) throw invalid(`option \`${name}\`: ${check.rule}`);
  }
}

const OPTIONS: ReadonlyMap<string, { isValid: (value: unknown) => boolean; rule: string }> = new Map([
  [
    "rowGroupRows",
    {
      isValid: (value: unknown) =>
        typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_ROW_GROUP_ROWS,
      rule: `must be a whole number from 1 to ${MAX_ROW_GROUP_ROWS}`,
    },
  ],
  [
    "signal",
    {
      isValid: (value: unknown) => typeof value === "object" && value !== null && "aborted" in value,
      rule: "must be an AbortSignal",
    },
  ],
]);

function invalid(rule: string): RequestError {
  return new RequestError(`writeParquet: ${rule}.`);
}
