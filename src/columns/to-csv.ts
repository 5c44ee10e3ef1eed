import { addAbortSignal, Readable } from "node:stream";
import { z } from "zod";
import { Zone } from "../contract/zone.js";
import type { CallRecord } from "../model/call-record.js";
import { callColumns, type CallColumnName } from "./call-columns.js";
import type { Column } from "./column.js";
import { type CsvPrinter, csvPrinter } from "./csv.js";
import { findColumns } from "./find-columns.js";
import { readCall } from "./read-call.js";
import { checkCalls } from "./read-calls.js";
import { readOptions, signalSchema, timeZoneSchema } from "./read-options.js";

/** The form of the CSV of {@link toCsv}. */
export interface CsvOptions {
  /** The columns, in this order. Default: all of `callColumns`. */
  columns?: readonly CallColumnName[] | undefined;
  /**
   * For a file that people open in a spreadsheet. It starts with a byte order mark, so that the spreadsheet reads UTF-8. Times are local times, as
   * `yyyy-MM-dd HH:mm:ss`. Text with a digit, such as an id or a telephone number, is written as `="…"`, so that it keeps its zeros. Default: data,
   * with times in ISO 8601 in UTC.
   */
  excel?:
    | {
        /** IANA name of the zone of the times. */
        timeZone: string;
      }
    | undefined;
  /** Destroys the stream. `stream.pipeline` passes one to each of its functions, and aborts it when another part of the pipeline fails. */
  signal?: AbortSignal | undefined;
}

const EXCEL_RULE = "must be an object with the option `timeZone`, such as Asia/Shanghai";

const optionsSchema = z.strictObject({
  columns: z.array(z.string()).min(1, "must name at least one column").optional(),
  excel: z.strictObject({ timeZone: timeZoneSchema }, EXCEL_RULE).optional(),
  signal: signalSchema.optional(),
});

/**
 * Converts calls to a stream of CSV by RFC 4180: a line of names, then a line for each call. An apostrophe precedes text that a spreadsheet would run as a formula,
 * because strangers can write remarks and displayed numbers.
 *
 * The stream reads a call only when its reader has room. When the reader stops, it stops the reading of `calls`. An error of `calls` is an error of the stream.
 * It is also a transform for a pipeline: `await pipeline(client.records({ from, to }), toCsv, createWriteStream("calls.csv"))`.
 * @param calls a stream of `client.records`, an array, or any other iterable of calls.
 * @throws RequestError when an option is invalid, or `calls` is not an iterable. An item that is not a call record is a RequestError of the stream.
 */
export function toCsv(calls: AsyncIterable<CallRecord> | Iterable<CallRecord>, options: CsvOptions = {}): Readable {
  checkCalls("toCsv", calls);
  const { columns, excel, signal } = readOptions("toCsv", optionsSchema, options);
  const chosen: readonly Column<CallRecord>[] =
    columns === undefined ? callColumns : findColumns("toCsv: option `columns`", callColumns, columns);
  const printer = csvPrinter(chosen, excel === undefined ? null : Zone.named(excel.timeZone));
  const csv = Readable.from(linesOf(calls, printer), { objectMode: false, encoding: "utf8" });
  return signal === undefined ? csv : addAbortSignal(signal, csv);
}

async function* linesOf(
  calls: AsyncIterable<CallRecord> | Iterable<CallRecord>,
  { header, line }: CsvPrinter<CallRecord>,
): AsyncGenerator<string, void, undefined> {
  yield header;
  let number = 0;
  for await (const call of calls) {
    number += 1;
    yield readCall("toCsv: argument `calls`", number, call, line);
  }
}
