import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { AccountReport, CallRecordsClient } from "call-records";
import type { ExportQuery } from "./export-query.js";
import { type Format, formats } from "./formats.js";

/**
 * Sends an export while it is read. A slow downloader slows down the requests to the vendors.
 * @throws any failure. Before the headers are sent, the caller can respond with a status. After that, the connection is destroyed, so that a truncated export
 * does not look complete.
 */
export async function sendExport(
  client: CallRecordsClient,
  query: ExportQuery,
  response: ServerResponse,
  policy: { signal: AbortSignal; totalTimeoutMs: number },
): Promise<void> {
  const { format: name, ...wanted } = query;
  const format: Format = formats[name];
  const stream = client.records({ ...wanted, ...policy, raw: false });
  const chunks = format.textOf(stream);
  // Most failures occur on the first page, so nothing is sent before it has been read.
  const first = await chunks.next();
  response.writeHead(200, {
    "Content-Type": format.contentType,
    "Content-Disposition": `attachment; filename="calls.${name}"`,
    Trailer: "Export-Report",
  });
  const body = async function* () {
    if (first.done !== true) yield first.value;
    yield* chunks;
    response.addTrailers({ "Export-Report": trailerOf(stream.report().accounts) });
  };
  await pipeline(body, response, { signal: policy.signal });
}

/** Returns the number of calls of each account, and its unsettled intervals. Headers must be ASCII, and labels may be Chinese. */
function trailerOf(accounts: readonly AccountReport[]): string {
  const text = JSON.stringify(
    accounts.map(({ account, status, rows, unsettled }) => ({ account, status, rows, unsettled })),
  );
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
