import { type BuiltInProvider, CallRecordsClient } from "call-records";
import type { Span } from "./span.js";

/** What the reading of a range took, in milliseconds, requests and the vendor's windows. */
export interface RangeRead {
  wallMs: number;
  requests: number;
  windows: number;
}

/** Reads a range of one account with a client made for it. */
export async function readRange(provider: BuiltInProvider, range: Span): Promise<RangeRead> {
  const client = new CallRecordsClient({ providers: [provider] });
  const began = performance.now();
  const stream = client.records(range);
  let rows = 0;
  for await (const batch of stream.batches()) rows += batch.length;
  const wallMs = performance.now() - began;
  const [report] = stream.report().accounts;
  await client.close();
  // Less than everything is read in less time.
  if (rows === 0 || report?.status !== "complete" || report.unsettled.length > 0)
    throw new Error(`Not all was read: ${JSON.stringify(report)}`);
  return { wallMs, requests: report.requests, windows: report.windows };
}
