import { Redis } from "ioredis";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { itniotech } from "call-records";
import { startSyncWorker } from "call-records/bullmq";
import { sqlDestination } from "call-records/sql";
import type { EmulatorCredentials } from "call-records/testing";
import { serve } from "../process.js";

/** The servers and the accounts of a worker. */
export interface FleetWorker {
  redisPort: number;
  database: string;
  queueName: string;
  concurrency: number;
  endpoint: string;
  /** The keys of each account, by its label. */
  keys: ReadonlyMap<string, EmulatorCredentials["itniotech"]>;
}

/** The CPU time of a worker since the previous reading, in milliseconds, and its memory in bytes. */
export interface WorkerUse {
  cpuMs: number;
  rss: number;
}

/** The connections of a worker to the database. */
const POOL_SIZE = 10;

let since = process.cpuUsage();

/** Starts the worker of this process, or returns what it has used. */
serve((task: FleetWorker | "use"): Promise<WorkerUse | null> => {
  if (task === "use") {
    const { user, system } = process.cpuUsage(since);
    since = process.cpuUsage();
    return Promise.resolve({ cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() });
  }
  const { redisPort, database, queueName, concurrency, endpoint, keys } = task;
  const pool = new pg.Pool({ connectionString: database, max: POOL_SIZE });
  startSyncWorker({
    connection: new Redis({ port: redisPort }),
    queueName,
    destination: sqlDestination(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })),
    concurrency,
    provider: (account) => {
      const own = keys.get(account);
      if (own === undefined) throw new TypeError(`There is no account ${account}.`);
      return itniotech({ ...own, account, endpoint });
    },
    onError: (error, account) => {
      console.error(account, error);
    },
  });
  return Promise.resolve(null);
});
