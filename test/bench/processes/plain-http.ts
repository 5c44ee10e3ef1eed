import { Agent, request } from "node:http";
import { type Cost, costOf } from "../cost.js";
import { serve } from "../process.js";
import { BETWEEN_STARTS, FIRST_START } from "../volume.js";

/** A number of rows to read from a volume vendor. */
export interface PlainReading {
  endpoint: string;
  rows: number;
}

/** The cost of reading this number of rows. */
export interface PlainRead extends Cost {
  rows: number;
}

const PAGE_SIZE = 100;
const CONCURRENCY = 4;

function localTime(instant: number): string {
  return new Date(instant + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}

/** Does the minimum work of a client of this vendor: requests the pages and parses them. */
serve(async ({ endpoint, rows }: PlainReading): Promise<PlainRead> => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const requestPage = (current: number) => {
    const params = { startTime: localTime(FIRST_START), endTime: localTime(FIRST_START + (rows - 1) * BETWEEN_STARTS) };
    const body = JSON.stringify({ current, size: PAGE_SIZE, params });
    return new Promise<number>((resolve, reject) => {
      const sent = request(
        `${endpoint}/v3/cc/record/query`,
        { method: "POST", agent, headers: { "Content-Type": "application/json" } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const parsed = JSON.parse(Buffer.concat(chunks).toString()) as { data: { records: unknown[] } };
            resolve(parsed.data.records.length);
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  };
  let next = 1;
  let count = 0;
  const pages = Math.ceil(rows / PAGE_SIZE);
  const work = async () => {
    while (next <= pages) {
      const current = next;
      next += 1;
      const received = await requestPage(current);
      count += received;
    }
  };
  const cost = await costOf(async () => {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  });
  agent.destroy();
  if (count !== rows) throw new Error(`Received ${count} of ${rows} rows.`);
  return { rows, ...cost };
});
