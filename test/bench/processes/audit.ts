import { auditDestination, CallRecordsClient, itniotech } from "call-records";
import { sqlDestination } from "call-records/sql";
import { NO_LIMIT } from "../emulated.js";
import { serve } from "../process.js";
import { openBulkDatabase } from "../sql/bulk-database.js";
import { BETWEEN_STARTS, FIRST_START } from "../volume.js";

/** An exact copy in PostgreSQL that is made and then audited. The number of rows of the vendor's history. */
export interface AuditTask {
  endpoint: string;
  rows: number;
}

/** The greatest memory of the process in bytes during the audit, and its duration. */
export interface AuditMemory {
  calls: number;
  peakRss: number;
  seconds: number;
}

const SAMPLE_MS = 20;

serve(async ({ endpoint, rows }: AuditTask): Promise<AuditMemory> => {
  const database = await openBulkDatabase("PostgreSQL");
  const client = new CallRecordsClient({
    providers: [itniotech({ apiKey: "key", apiSecret: "secret", endpoint, rate: { requestsPerSecond: NO_LIMIT } })],
  });
  let peakRss = 0;
  const sample = () => {
    peakRss = Math.max(peakRss, process.memoryUsage.rss());
  };
  try {
    const destination = sqlDestination(database.db, { raw: false });
    await destination.migrate();
    const range = { from: new Date(FIRST_START), to: new Date(FIRST_START + rows * BETWEEN_STARTS) };
    const { inserted } = await client.syncTo(destination, { from: range.from });
    if (inserted !== rows) throw new Error(`Copied ${inserted} of ${rows} calls.`);
    const began = performance.now();
    const timer = setInterval(sample, SAMPLE_MS);
    const { accounts } = await auditDestination(client, destination, range);
    clearInterval(timer);
    sample();
    const [audited] = accounts;
    if (audited?.calls !== rows || audited.differences.length > 0)
      throw new Error(
        `Compared ${audited?.calls ?? 0} of ${rows} calls, with ${audited?.differences.length ?? 0} differences.`,
      );
    return { calls: rows, peakRss, seconds: (performance.now() - began) / 1000 };
  } finally {
    await client.close();
    await database.drop();
  }
});
