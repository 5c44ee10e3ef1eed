/** Runs one worker of a fleet until SIGTERM or SIGKILL. It prints a line when it has started, and one when it is closed. */
import { Redis } from "ioredis";
import { Kysely } from "kysely";
import { itniotech } from "call-records";
import { startSyncWorker } from "call-records/bullmq";
import { sqlDestination } from "call-records/sql";
import { postgresDialect } from "../../../destinations/sql/dialects.js";

export interface WorkerTask {
  redisPort: number;
  queueName: string;
  database: string;
  endpoint: string;
  concurrency: number;
  /** The keys of the accounts, by label. */
  accounts: Record<string, { apiKey: string; apiSecret: string }>;
}

const task = JSON.parse(process.argv[2] ?? "") as WorkerTask;
const connection = new Redis({ port: task.redisPort });
connection.on("error", () => undefined);
const db = new Kysely<unknown>({ dialect: postgresDialect(task.database) });
const worker = startSyncWorker({
  connection,
  queueName: task.queueName,
  destination: sqlDestination(db),
  concurrency: task.concurrency,
  provider: (account) => {
    const keys = task.accounts[account];
    if (keys === undefined) throw new TypeError(`There is no account ${account}.`);
    const rate = { requestsPerSecond: 20, concurrency: 4 };
    return itniotech({ ...keys, account, endpoint: task.endpoint, rate, filtersOn: "start" });
  },
});
console.log("started");
process.once("SIGTERM", () => {
  void worker.close().then(async () => {
    await db.destroy();
    connection.disconnect();
    console.log("closed");
  });
});
