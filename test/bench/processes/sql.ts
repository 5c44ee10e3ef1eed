import { type CallRecord, CallRecordsClient, huaweiCec, itniotech, tencentCcc } from "call-records";
import { sqlDestination } from "call-records/sql";
import { startVendorEmulator } from "call-records/testing";
import { costOf } from "../cost.js";
import { UNLIMITED, unpacedProviders } from "../emulated.js";
import { serve } from "../process.js";
import { openBulkDatabase, type BulkDatabaseName } from "../sql/bulk-database.js";

/** Batches that are compared with the bulk load of the database, or one long stream of batches into PostgreSQL. */
export type SqlTask =
  { compare: { database: BulkDatabaseName; rounds: number } } | { stream: { rows: readonly number[] } };

/** The milliseconds of each round. */
export interface SqlRounds {
  ours: number[];
  bulk: number[];
}

/** The greatest memory in bytes while the stream was written, for each of its lengths. */
export interface SqlStream {
  peaks: number[];
}

const BATCH = 5_000;
const DAYS = 30;
const VENDORS = 3;
/** After this number of rows, the tables of a long stream are emptied. */
const KEPT_ROWS = 50_000;
/** Longer than a bulk load, which may block the process. */
const LEASE_SECONDS = 600;
const ACCOUNT = { provider: "tencent-ccc", account: "bench" };

serve(async (task: SqlTask): Promise<SqlRounds | SqlStream> => {
  const calls = await readCalls();
  return "compare" in task ? compare(calls, task.compare) : stream(calls, task.stream.rows);
});

/** Reads calls of the three emulated vendors, with the vendors' rows. */
async function readCalls(): Promise<CallRecord[]> {
  const emulator = await startVendorEmulator({
    seed: 7,
    days: DAYS,
    callsPerDay: Math.ceil((2 * BATCH) / DAYS / VENDORS),
    activeCalls: 0,
    requestsPerSecond: UNLIMITED,
  });
  const client = new CallRecordsClient({ providers: unpacedProviders(emulator, { tencentCcc, huaweiCec, itniotech }) });
  try {
    const calls: CallRecord[] = [];
    const from = new Date(Date.now() - DAYS * 86_400_000);
    for await (const call of client.records({ from, to: new Date(), order: "time", beforeRetention: "clip" })) {
      calls.push(call);
      if (calls.length === BATCH) return calls;
    }
    throw new Error(`The emulator has ${calls.length} of ${BATCH} calls.`);
  } finally {
    await client.close();
    await emulator.close();
  }
}

/** Writes the same rows with both into empty tables, in turn. */
async function compare(
  calls: readonly CallRecord[],
  { database: name, rounds }: { database: BulkDatabaseName; rounds: number },
): Promise<SqlRounds> {
  const database = await openBulkDatabase(name);
  const measured: SqlRounds = { ours: [], bulk: [] };
  try {
    const destination = sqlDestination(database.db, { leaseSeconds: LEASE_SECONDS });
    await destination.migrate();
    const session = await destination.open(ACCOUNT);
    const changes = calls.map((record) => ({ type: "new" as const, record }));
    for (let round = 0; round <= rounds; round += 1) {
      await database.empty();
      const { wallMs: ours } = await costOf(() => session.write(changes, { round }));
      const load = await database.storedRows();
      await database.empty();
      const { wallMs: bulk } = await costOf(load);
      // The first round only warms up.
      if (round === 0) continue;
      measured.ours.push(ours);
      measured.bulk.push(bulk);
    }
    await session.close();
  } finally {
    await database.drop();
  }
  return measured;
}

/** Writes batches of different calls. */
async function stream(calls: readonly CallRecord[], lengths: readonly number[]): Promise<SqlStream> {
  const database = await openBulkDatabase("PostgreSQL");
  const peaks: number[] = [];
  try {
    const destination = sqlDestination(database.db, { leaseSeconds: LEASE_SECONDS });
    await destination.migrate();
    const session = await destination.open(ACCOUNT);
    let [rows, peak] = [0, 0];
    for (const length of lengths) {
      for (; rows < length; rows += BATCH) {
        if (rows % KEPT_ROWS === 0) await database.empty();
        const changes = calls.map((call) => ({ type: "new" as const, record: { ...call, id: `${call.id}-${rows}` } }));
        await session.write(changes, { rows });
        peak = Math.max(peak, process.memoryUsage.rss());
      }
      peaks.push(peak);
    }
    await session.close();
  } finally {
    await database.drop();
  }
  return { peaks };
}
