import { CallRecordsClient, itniotech } from "call-records";
import { type Cost, costOf } from "../cost.js";
import { NO_LIMIT } from "../emulated.js";
import { serve } from "../process.js";
import { BETWEEN_STARTS, FIRST_START } from "../volume.js";

/** Streams to read one after another with one client. */
export interface Streams {
  endpoints: string[];
  /** Ranges are read so much wider at both ends, in seconds: 0 where the vendor has more rows than are wanted, and those wanted are to be all that is read. */
  longestCallSeconds?: number;
  /** Rows are those of each vendor. */
  streams: { rows: number; order: "arrival" | "time" }[];
}

/** What one stream took. Memory in bytes: that of the process when it ended, and the most up to then. */
export interface Streamed extends StreamedSoFar {
  rss: number;
  /** What its first million rows took; null of a shorter stream. */
  firstMillion: StreamedSoFar | null;
}

export interface StreamedSoFar extends Cost {
  rows: number;
  peakRss: number;
}

const MILLION = 1_000_000;
/** Of 500 rows each: less than the heap grows by between two scavenges. */
const BATCHES_A_LOOK = 5;

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
        // The system's own count of the most begins with what the parent held when it forked. Asking is work, which is not to be measured along.
        if (batches % BATCHES_A_LOOK === 0) peakRss = Math.max(peakRss, process.memoryUsage.rss());
        if (firstMillion === null && count >= MILLION) firstMillion = { rows: count, ...soFar(), peakRss };
      }
    });
    if (count !== rows * endpoints.length) throw new Error(`${count} rows came of ${rows * endpoints.length}`);
    done.push({ rows: count, ...cost, rss: process.memoryUsage.rss(), peakRss, firstMillion });
  }
  await client.close();
  return done;
});
