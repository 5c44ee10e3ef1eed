import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { CallRecord } from "call-records";
import { scheduleSyncs } from "call-records/bullmq";
import { sqlDestination } from "call-records/sql";
import { startVendorEmulator, type VendorEmulator, type VendorId } from "call-records/testing";
import { Random } from "../../../src/testing/data/random.js";
import { checkCalls } from "../../destinations/sql/kill/guarantees.js";
import { readCalls } from "../../destinations/sql/stored-calls.js";
import { type Disturbance, type DisturbanceCounts, planDisturbances } from "./disturbances.js";
import { lateCalls } from "./fleet-calls.js";
import { QueueWatch } from "./queue-watch.js";
import { type Servers, startServers } from "./servers.js";
import { Worker } from "./worker.js";
import type { WorkerAccount, WorkerTask } from "./worker-process.js";

const DAY = 86_400_000;
const HISTORY_DAYS = 3;
const WORKERS = 3;
const CONCURRENCY = 4;
const LEASE_SECONDS = 3;
const EVERY_MS = 2_000;
/** The rate of each account. It is so low that passes wait for it. */
const REQUESTS_PER_SECOND = 5;
/** The delay of a response. A pass takes about a second, so that most kills occur during passes. */
const LATENCY_MS = 60;
/** The longest time between two disturbances, and for which a server is down. */
const MAX_PAUSE_MS = 2_000;
const MAX_DOWN_MS = 1_500;
const COMMAND_LIMIT_MS = 30_000;

const ACCOUNTS: Record<VendorId, readonly string[]> = {
  "tencent-ccc": ["tencent-1", "tencent-2", "tencent-3", "tencent-4"],
  "huawei-cec": ["huawei-1", "huawei-2", "huawei-3", "huawei-4"],
  itniotech: ["itniotech-1", "itniotech-2", "itniotech-3", "itniotech-4"],
};

/** The disturbances of a fleet. Their order and their moments are random. */
export interface CampaignOptions extends DisturbanceCounts {
  seed: number;
}

export interface CampaignResult {
  rows: number;
  requests: number;
  violations: string[];
}

/**
 * Runs a fleet of workers, kills them and their servers, lets the fleet finish, and compares the table with the vendors' calls.
 * @param script the built script of a worker.
 * @param print called with a line for each disturbance.
 */
export async function runCampaign(
  options: CampaignOptions,
  script: string,
  print: (line: string) => void,
): Promise<CampaignResult> {
  const random = new Random(options.seed);
  const servers = await startServers();
  const disturbances = planDisturbances(options, random);
  const now = Date.now();
  const forMs = disturbances.length * MAX_PAUSE_MS;
  const emulator = await startVendorEmulator({
    accounts: ACCOUNTS,
    seed: random.seed(),
    days: HISTORY_DAYS,
    callsPerDay: 40,
    activeCalls: 0,
    latencyMs: LATENCY_MS,
    requestsPerSecond: {
      "tencent-ccc": REQUESTS_PER_SECOND,
      "huawei-cec": REQUESTS_PER_SECOND,
      itniotech: REQUESTS_PER_SECOND,
    },
    calls: lateCalls(ACCOUNTS, { now, forMs }, random),
  });
  const campaign = new Campaign(servers, emulator, script, random, print);
  try {
    return await campaign.run(disturbances, now + forMs);
  } finally {
    await campaign.close();
    await emulator.close();
    await servers.remove();
  }
}

class Campaign {
  private readonly connection: Redis;
  private readonly watch: QueueWatch;
  private readonly db: Kysely<unknown>;
  private readonly queueName = `fleet-${randomUUID()}`;
  private readonly workers: Worker[] = [];
  private readonly from = new Date(Math.floor(Date.now() / DAY) * DAY - (HISTORY_DAYS + 2) * DAY);
  private started = 0;

  constructor(
    private readonly servers: Servers,
    private readonly emulator: VendorEmulator,
    private readonly script: string,
    private readonly random: Random,
    private readonly print: (line: string) => void,
  ) {
    // A command that gets no reply must end the campaign.
    this.connection = new Redis({ port: servers.redisPort, commandTimeout: COMMAND_LIMIT_MS });
    this.connection.on("error", () => undefined);
    this.watch = new QueueWatch(this.connection, this.queueName);
    const pool = new pg.Pool({ connectionString: servers.database, max: 2 });
    pool.on("error", () => undefined).on("connect", (client) => client.on("error", () => undefined));
    this.db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  }

  /** @param lateUntil when the vendors list the last late call. */
  async run(disturbances: readonly Disturbance[], lateUntil: number): Promise<CampaignResult> {
    await sqlDestination(this.db).migrate();
    await this.schedule();
    for (let count = 0; count < WORKERS; count += 1) this.workers.push(await this.startWorker());
    this.print(`started ${WORKERS} workers`);
    for (const [index, disturbance] of disturbances.entries()) {
      await sleep(this.random.integer(50, MAX_PAUSE_MS));
      this.print(`${index + 1} of ${disturbances.length}: ${await this.disturb(disturbance)}`);
    }
    await sleep(Math.max(MAX_PAUSE_MS, lateUntil - Date.now()));
    await this.finish();
    const ended = this.workers.flatMap(({ number, hasEnded }) => (hasEnded ? [`worker ${number} has ended`] : []));
    await this.killWorkers();
    const result = await this.check();
    return { ...result, violations: [...ended, ...result.violations] };
  }

  private async schedule(): Promise<void> {
    const { connection, queueName, from, emulator } = this;
    await scheduleSyncs({ connection, queueName, accounts: [...emulator.accounts.keys()], from, everyMs: EVERY_MS });
  }

  private async disturb(kind: Disturbance): Promise<string> {
    if (kind === "kill") {
      const place = this.random.integer(0, WORKERS - 1);
      const killed = this.workers[place];
      await killed?.kill();
      this.workers[place] = await this.startWorker();
      return `killed worker ${killed?.number ?? 0}`;
    }
    const server = this.servers[kind === "redis-loss" ? "redis" : kind];
    await server.kill();
    const downMs = this.random.integer(0, MAX_DOWN_MS);
    await sleep(downMs);
    if (kind === "redis-loss") this.servers.loseRedisData();
    await server.start();
    // The schedules are in Redis.
    if (kind === "redis-loss") await this.schedule();
    return `restarted ${kind === "redis-loss" ? "redis without its data" : kind} after ${downMs} ms`;
  }

  private startWorker(): Promise<Worker> {
    const { endpoints, accounts } = this.emulator;
    this.started += 1;
    const task: WorkerTask = {
      redisPort: this.servers.redisPort,
      database: this.servers.database,
      queueName: this.queueName,
      concurrency: CONCURRENCY,
      leaseSeconds: LEASE_SECONDS,
      requestsPerSecond: REQUESTS_PER_SECOND,
      endpoints,
      accounts: Object.fromEntries(
        [...accounts].map(([label, { vendor, credentials }]) => [label, { vendor, credentials } as WorkerAccount]),
      ),
    };
    return Worker.start(this.started, this.script, task);
  }

  /** Waits for a pass of each account that begins now or later. */
  private async finish(): Promise<void> {
    const began = performance.now();
    try {
      await this.watch.passesSince(Date.now(), [...this.emulator.accounts.keys()]);
    } catch (error) {
      throw new Error([String(error), ...this.workers.flatMap((worker) => worker.describe())].join("\n"), {
        cause: error,
      });
    }
    this.print(`each account has completed a pass after ${Math.round(performance.now() - began)} ms`);
  }

  /** Compares the table with the vendors' calls, when no worker is left that would share the rate of the accounts. */
  private async check(): Promise<CampaignResult> {
    const requests = [...this.emulator.requests];
    const refused = requests.filter(({ refusal }) => refusal !== null && RATE_REFUSALS.has(refusal));
    const client = this.emulator.client();
    const truth: CallRecord[] = [];
    for await (const call of client.records({ from: this.from, to: new Date() })) truth.push(call);
    await client.close();
    const stored = await readCalls(this.db);
    const known = [...this.emulator.accounts.values()].reduce((sum, { truth: own }) => sum + own.calls.length, 0);
    return {
      rows: stored.length,
      requests: requests.length,
      violations: [
        ...refused.map(
          ({ account, receivedAt }) => `refused because of the rate limit: ${account}, ${receivedAt.toISOString()}`,
        ),
        ...(known === truth.length ? [] : [`the vendors have ${known} calls, of which ${truth.length} were read`]),
        ...checkCalls(stored, truth),
      ],
    };
  }

  async close(): Promise<void> {
    await this.killWorkers();
    await this.watch.close();
    this.connection.disconnect();
    await this.db.destroy();
  }

  private async killWorkers(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
  }
}

/** The codes with which the vendors refuse a request because of its rate limit. */
const RATE_REFUSALS: ReadonlySet<string> = new Set(["RequestLimitExceeded", "429", "-15"]);
