import { type BuiltInProvider, CallRecordsClient, type ClientOptions } from "call-records";
import type { Span } from "./span.js";

/** The time of a reading in milliseconds, and its numbers of requests and windows. */
export interface RangeRead {
  wallMs: number;
  requests: number;
  windows: number;
}

/** Reads a range of one account with a new client. */
export async function readRange(
  provider: BuiltInProvider,
  range: Span,
  options: Pick<ClientOptions, "rateLimiter"> = {},
): Promise<RangeRead> {
  const client = new CallRecordsClient({ ...options, providers: [provider] });
  const began = performance.now();
  const stream = client.records(range);
  let rows = 0;
  for await (const batch of stream.batches()) rows += batch.length;
  const wallMs = performance.now() - began;
  const [report] = stream.report().accounts;
  await client.close();
  // The time of an incomplete reading would be too short.
  if (rows === 0 || report?.status !== "complete" || report.unsettled.length > 0)
    throw new Error(`The range was not read completely: ${JSON.stringify(report)}`);
  return { wallMs, requests: report.requests, windows: report.windows };
}
