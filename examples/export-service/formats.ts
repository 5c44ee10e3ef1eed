import { type CallColumnName, type RecordStream, toCsv } from "call-records";

export interface Format {
  contentType: string;
  /** Returns the text of an export, chunk by chunk. The first chunk follows the first response of a vendor. */
  textOf: (stream: RecordStream) => AsyncGenerator<string, void, undefined>;
}

const CALLS_A_CHUNK = 100;

const COLUMNS: readonly CallColumnName[] = [
  "account",
  "id",
  "application",
  "direction",
  "state",
  "outcome",
  "startedAt",
  "answeredAt",
  "endedAt",
  "talkSeconds",
  "caller.number",
  "callee.number",
  "agent.id",
  "agent.name",
];

export const formats = {
  /** One call per line. The last line, `{"report": …}`, states which ranges are verified complete. */
  ndjson: { contentType: "application/x-ndjson", textOf: ndjsonOf },
  /** RFC 4180. It contains no report, because readers would treat its line as a call. */
  csv: { contentType: "text/csv; charset=utf-8; header=present", textOf: csvOf },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

async function* ndjsonOf(stream: RecordStream): AsyncGenerator<string, void, undefined> {
  for await (const calls of stream.batches(CALLS_A_CHUNK))
    yield calls.map((call) => `${JSON.stringify(call)}\n`).join("");
  yield `${JSON.stringify({ report: stream.report() })}\n`;
}

async function* csvOf(stream: RecordStream): AsyncGenerator<string, void, undefined> {
  // The line of names does not depend on a response, so it waits for the first call, or for the end.
  let names: string | null = null;
  for await (const chunk of toCsv(stream, { columns: COLUMNS })) {
    const text = String(chunk);
    if (names === null) {
      names = text;
      continue;
    }
    yield names + text;
    names = "";
  }
  if (names !== null && names !== "") yield names;
}
