import { CallRecordsClient, itniotech } from "call-records";
import { type Cost, costOf } from "../cost.js";
import { NO_LIMIT } from "../emulated.js";
import { serve } from "../process.js";
import { BETWEEN_STARTS, FIRST_START } from "../volume.js";

/** Streams that are read one after the other with one client. */
export interface Streams {
  endpoints: string[];
  /** The margin of ranges in seconds. With 0, only the requested rows are read, even if the vendor has more. */
  longestCallSeconds?: number;
  /** The streams. `rows` is the number of rows of each vendor. */
  streams: { rows: number; order: "arrival" | "time" }[];
}

/** The cost of one stream, and the memory in bytes: `rss` at its end, and `peakRss` up to then. */
export interface Streamed extends StreamedSoFar {
  rss: number;
  /** The cost of its first million rows; null for a shorter stream. */
  firstMillion: StreamedSoFar | null;
}

export interface StreamedSoFar extends Cost {
  rows: number;
  peakRss: number;
}

const MILLION = 1_000_000;
/** The number of batches of 500 rows between two samples of the memory. They are smaller than the growth of the heap between two scavenges. */
const BATCHES_PER_SAMPLE = 5;

serve(async ({ endpoints, longestCallSeconds, streams }: Streams): Promise<Streamed[]> => {
  const client = new CallRecordsClient({
    providers: endpoints.map((endpoint, index) =>
      itniotech({
        account: `account-${index}`,
        apiKey: "key",
        apiSecret: "secret",
        endpoint,
        longestCallSeconds,
        rate: { requestsPerSecond: NO_LIMIT },
      }),
    ),
  });
  const done: Streamed[] = [];
  let peakRss = 0;
  let batches = 0;
  for (const { rows, order } of streams) {
    let count = 0;
    let firstMillion: Streamed["firstMillion"] = null;
    const range = { from: new Date(FIRST_START), to: new Date(FIRST_START + rows * BETWEEN_STARTS) };
    const cost = await costOf(async (soFar) => {
      for await (const batch of client.records({ ...range, order }).batches()) {
        count += batch.length;
        batches += 1;
        // The peak that the system counts includes the memory of the parent at the fork. Samples are rare, because they cost time.
        if (batches % BATCHES_PER_SAMPLE === 0) peakRss = Math.max(peakRss, process.memoryUsage.rss());
        if (firstMillion === null && count >= MILLION) firstMillion = { rows: count, ...soFar(), peakRss };
      }
    });
    if (count !== rows * endpoints.length) throw new Error(`Received ${count} of ${rows * endpoints.length} rows.`);
    done.push({ rows: count, ...cost, rss: process.memoryUsage.rss(), peakRss, firstMillion });
  }
  await client.close();
  return done;
});
