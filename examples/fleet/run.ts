/**
 * A fleet on a local Redis: `npx tsx examples/fleet/run.ts [file]`. Two workers sync every account each half minute to SQLite, by default `fleet.db`. Without
 * credentials in the environment, twelve accounts of three emulated vendors are synced. `REDIS_URL` is by default `redis://127.0.0.1:6379`.
 *
 * It prints the state of the accounts every two seconds. To watch the same fleet otherwise:
 *
 * - `npx tsx examples/fleet/watch.ts` in another terminal, which only reads the queue;
 * - any dashboard for BullMQ, such as Bull Board, with the queue `call-records-example`. The progress of a job is the report of its account;
 * - `redis-cli monitor`, for the commands.
 *
 * Ctrl-C and SIGTERM end it: the workers finish their passes or return them to the queue, and the schedule is removed. The exit code is then 130 or 143.
 *
 * For several processes, replace SQLite by PostgreSQL or MySQL (docs/sql.md), and start the worker in each process. The schedule needs one of them only.
 */
import { once } from "node:events";
import { Redis } from "ioredis";
import { Queue } from "bullmq";
import type { Provider } from "call-records";
import { scheduleSyncs, startSyncWorker } from "call-records/bullmq";
import { sqlDestination } from "call-records/sql";
import { openSqlite } from "../open-sqlite.js";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";
import { readFleet, type SyncQueue } from "./fleet-status.js";
import { QUEUE_NAME, REDIS_URL } from "./queue.js";

const EVERY_MS = 30_000;
const PRINT_EVERY_MS = 2_000;
const DAY_MS = 86_400_000;

const labels = (vendor: string) => [1, 2, 3, 4].map((number) => `${vendor}-${number}`);
const vendors = await openVendors({
  days: 5,
  callsPerDay: 40,
  accounts: {
    "tencent-ccc": labels("tencent"),
    "huawei-cec": labels("huawei"),
    itniotech: labels("itniotech"),
  },
});
const providers = new Map<string, Provider>(vendors.providers.map((provider) => [provider.account, provider]));

const connection = new Redis(REDIS_URL);
connection.on("error", ({ message }) => {
  console.error(`Redis: ${message}`);
});
const queue: SyncQueue = new Queue(QUEUE_NAME, { connection });
queue.on("error", () => undefined);
const db = openSqlite(process.argv[2] ?? "fleet.db");
const destination = sqlDestination(db);
await destination.migrate();

const schedule = (accounts: string[]) =>
  scheduleSyncs({
    connection,
    queueName: QUEUE_NAME,
    accounts,
    from: new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - 7 * DAY_MS),
    everyMs: EVERY_MS,
  });
const startWorker = () =>
  startSyncWorker({
    connection,
    queueName: QUEUE_NAME,
    destination,
    concurrency: 4,
    provider: (account) => {
      const provider = providers.get(account);
      // The error is permanent: the job fails, and is not repeated before the next one.
      if (provider === undefined) throw new Error(`There are no credentials for ${account}.`);
      return provider;
    },
    onError: (error, account) => {
      console.error(account ?? "Redis", error);
    },
  });

const stop = stopSignal();
const { added } = await schedule([...providers.keys()]);
console.log(`${added.length} accounts were added to the schedule.`);
const workers = [startWorker(), startWorker()];
const printing = setInterval(() => {
  readFleet(queue).then(console.table, console.error);
}, PRINT_EVERY_MS);

if (!stop.aborted) await once(stop, "abort");
clearInterval(printing);
await Promise.all(workers.map((worker) => worker.close()));
const { removed } = await schedule([]);
console.log(`The workers are closed. ${removed.length} accounts were removed from the schedule.`);
await queue.close();
await db.destroy();
await vendors.close();
connection.disconnect();
