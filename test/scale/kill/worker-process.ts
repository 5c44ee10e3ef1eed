/** One worker of a campaign. It runs until it is killed. */
import { Redis } from "ioredis";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { type ClientEvent, huaweiCec, itniotech, type Provider, tencentCcc } from "call-records";
import { startSyncWorker } from "call-records/bullmq";
import { sqlDestination } from "call-records/sql";
import type { EmulatorCredentials, VendorEmulator } from "call-records/testing";

/** The servers and the accounts of a worker. */
export interface WorkerTask {
  redisPort: number;
  database: string;
  queueName: string;
  concurrency: number;
  leaseSeconds: number;
  requestsPerSecond: number;
  endpoints: VendorEmulator["endpoints"];
  accounts: Record<string, WorkerAccount>;
}

/** An account of a vendor, with its keys. */
export type WorkerAccount = {
  [Id in keyof EmulatorCredentials]: { vendor: Id; credentials: EmulatorCredentials[Id] };
}[keyof EmulatorCredentials];

/** A message to the campaign: the worker has started, has ended an attempt at a request, or something has failed. */
export type WorkerMessage = "started" | { request: string } | { failure: string; account: string | null };

function send(message: WorkerMessage): void {
  process.send?.(message);
}

function reportRequest(event: ClientEvent): void {
  if (event.type !== "request") return;
  send({ request: `${event.account}: ${event.operation}, ${event.error ?? "success"}, ended ${event.at}` });
}

/** Failures are expected while a server is down. The campaign prints the last ones when it makes no progress. */
function reportFailure(error: unknown, account: string | null): void {
  send({ failure: error instanceof Error ? error.message : String(error), account });
}

function providerOf({ endpoints, accounts, requestsPerSecond }: WorkerTask, account: string): Provider {
  const own = accounts[account];
  if (own === undefined) throw new TypeError(`There is no account ${account}.`);
  const endpoint = endpoints[own.vendor];
  const rate = { requestsPerSecond, concurrency: 4 };
  if (own.vendor === "tencent-ccc") return tencentCcc({ ...own.credentials, account, endpoint, rate });
  if (own.vendor === "huawei-cec") return huaweiCec({ ...own.credentials, account, endpoint, rate });
  return itniotech({ ...own.credentials, account, endpoint, rate });
}

function work(task: WorkerTask): void {
  const connection = new Redis({ port: task.redisPort });
  const ignore = (): void => undefined;
  connection.on("error", ignore);
  const pool = new pg.Pool({ connectionString: task.database, max: task.concurrency });
  // Without a listener, the loss of a connection ends the process.
  pool.on("error", ignore).on("connect", (client) => client.on("error", ignore));
  startSyncWorker({
    connection,
    queueName: task.queueName,
    destination: sqlDestination(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }), {
      leaseSeconds: task.leaseSeconds,
    }),
    concurrency: task.concurrency,
    provider: (account) => providerOf(task, account),
    onEvent: reportRequest,
    onError: reportFailure,
  });
  send("started");
}

process.once("message", (task) => {
  work(task as WorkerTask);
});
process.once("disconnect", () => {
  process.exit();
});
