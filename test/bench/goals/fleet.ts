import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { sqlDestination } from "call-records/sql";
import type { EmulatorCredentials } from "call-records/testing";
import type { SyncJobData, SyncJobResult } from "call-records/bullmq";
import { startServers } from "../../scale/kill/servers.js";
import type { EmulatedVendors } from "../emulated.js";
import { atMost, type Measurement, reported } from "../measurement.js";
import { megabytes } from "../megabytes.js";
import { type Process, start } from "../process.js";
import type { FleetWorker, WorkerUse } from "../processes/fleet-worker.js";
import { progress } from "../progress.js";

const QUEUE = "bench";
const WORKERS = 3;
const CONCURRENCY = 20;
const SIZES = [100, 300, 1000] as const;
const DAYS = 2;
const CALLS_PER_DAY = 20;
/** Each measurement makes at least as many passes, so that the first code that a process compiles does not count. */
const MEASURED_PASSES = 1000;
const WARM_UP_PASSES = 1000;
const POLL_MS = 50;
const SECONDS_A_MINUTE = 60;

/** The cost of the passes over all accounts of a fleet. */
interface FleetCost {
  accounts: number;
  passes: number;
  seconds: number;
  /** The CPU time of all workers. */
  cpuMs: number;
  /** The largest memory of a worker in bytes. */
  rss: number;
  requests: number;
  commands: number;
  /** The memory of Redis in bytes, with one completed job of each account. */
  redisBytes: number;
}

/**
 * Measures three workers that sync up to a thousand emulated accounts into PostgreSQL, which have been synced before. It starts its own servers, and takes minutes.
 */
export async function fleet(): Promise<Measurement[]> {
  const servers = await startServers();
  const accounts = Array.from({ length: Math.max(...SIZES) }, (_, index) => `account-${index + 1}`);
  const vendors = await start("vendors");
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => start("fleet-worker")));
  const connection = new Redis({ port: servers.redisPort });
  const queue = new Queue<SyncJobData, SyncJobResult>(QUEUE, { connection });
  try {
    const { endpoints, keys } = await vendors.run<EmulatedVendors>({
      vendors: ["itniotech"],
      accounts: { itniotech: accounts },
      days: DAYS,
      callsPerDay: CALLS_PER_DAY,
      activeCalls: 0,
    });
    await migrate(servers.database);
    const task: FleetWorker = {
      redisPort: servers.redisPort,
      database: servers.database,
      queueName: QUEUE,
      concurrency: CONCURRENCY,
      endpoint: endpoints.itniotech,
      keys: keys as ReadonlyMap<string, EmulatorCredentials["itniotech"]>,
    };
    await Promise.all(workers.map((worker) => worker.run(task)));
    const run = new Passes(queue, connection, workers);
    const costs: FleetCost[] = [];
    for (const size of SIZES) {
      const own = accounts.slice(0, size);
      // The first pass reads the history.
      await run.make(own, size);
      if (costs.length === 0) await run.make(own, WARM_UP_PASSES);
      costs.push(await run.make(own, Math.max(size, MEASURED_PASSES)));
    }
    return measurementsOf(costs);
  } finally {
    for (const running of [...workers, vendors]) running.stop();
    await queue.close();
    connection.disconnect();
    await servers.remove();
  }
}

async function migrate(database: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: database });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  await sqlDestination(db).migrate();
  await db.destroy();
}

/** Makes passes, and measures them. */
class Passes {
  private readonly from = new Date(Date.now() - (DAYS + 2) * 86_400_000).toISOString();

  constructor(
    private readonly queue: Queue<SyncJobData, SyncJobResult>,
    private readonly connection: Redis,
    private readonly workers: readonly Process[],
  ) {}

  /** Makes a number of passes over accounts, in rounds, so that no account has two jobs at once. */
  async make(accounts: readonly string[], passes: number): Promise<FleetCost> {
    await this.use();
    const commands = await this.redisValue("stats", "total_commands_processed");
    const began = performance.now();
    let requests = 0;
    let redisBytes = 0;
    for (let made = 0; made < passes; made += accounts.length) {
      requests += await this.round(accounts);
      redisBytes = await this.redisValue("memory", "used_memory");
      await this.queue.clean(0, 0, "completed");
    }
    const seconds = (performance.now() - began) / 1000;
    const uses = await this.use();
    const cost = {
      accounts: accounts.length,
      passes: Math.ceil(passes / accounts.length) * accounts.length,
      seconds,
      cpuMs: uses.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      rss: Math.max(...uses.map(({ rss }) => rss)),
      requests,
      commands: (await this.redisValue("stats", "total_commands_processed")) - commands,
      redisBytes,
    };
    progress(`  fleet: ${cost.passes} passes over ${cost.accounts} accounts in ${seconds.toFixed(1)} s`);
    return cost;
  }

  /** Makes a pass over each account. @returns the number of requests. */
  private async round(accounts: readonly string[]): Promise<number> {
    await this.queue.addBulk(accounts.map((account) => ({ name: "sync", data: { account, from: this.from } })));
    for (;;) {
      const { completed = 0, failed = 0 } = await this.queue.getJobCounts("completed", "failed");
      if (failed > 0) throw new Error(`${failed} passes failed.`);
      if (completed >= accounts.length) break;
      await sleep(POLL_MS);
    }
    const jobs = await this.queue.getCompleted();
    const requests = jobs.reduce((sum, { returnvalue }) => {
      if ("skipped" in returnvalue || returnvalue.report.status !== "complete") throw new Error("A pass was not made.");
      return sum + returnvalue.report.requests;
    }, 0);
    return requests;
  }

  private use(): Promise<WorkerUse[]> {
    return Promise.all(this.workers.map((worker) => worker.run<WorkerUse>("use")));
  }

  private async redisValue(section: string, name: string): Promise<number> {
    const info = await this.connection.info(section);
    return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
  }
}

function measurementsOf(costs: readonly FleetCost[]): Measurement[] {
  const [smallest, largest] = [costs[0], costs.at(-1)];
  if (smallest === undefined || largest === undefined) throw new TypeError("Nothing was measured.");
  const growth = (of: (cost: FleetCost) => number) => of(largest) / largest.passes / (of(smallest) / smallest.passes);
  const sizes = `${largest.accounts} ÷ ${smallest.accounts} accounts`;
  const perPass = (of: (cost: FleetCost) => number, digits: number) =>
    `${(of(largest) / largest.passes).toFixed(digits)} and ${(of(smallest) / smallest.passes).toFixed(digits)}`;
  return [
    ...costs.map((cost) =>
      reported(
        `fleet of ${WORKERS} workers, ${cost.accounts} accounts`,
        `${Math.round((cost.passes / cost.seconds) * SECONDS_A_MINUTE)} passes a minute, ${(cost.cpuMs / cost.passes).toFixed(1)} ms of CPU a pass, ${Math.round(cost.cpuMs / 10 / cost.seconds / WORKERS)} % of a processor and ${megabytes(cost.rss).toFixed(0)} MB a worker, ${(cost.commands / cost.requests).toFixed(1)} Redis commands a request, ${(cost.commands / cost.passes).toFixed(1)} a pass, ${megabytes(cost.redisBytes).toFixed(1)} MB in Redis`,
      ),
    ),
    atMost(1.2, {
      goal: `CPU of the workers a pass, ${sizes}`,
      value: growth(({ cpuMs }) => cpuMs),
      detail: `${perPass(({ cpuMs }) => cpuMs, 1)} ms`,
    }),
    atMost(1.2, {
      goal: `time a pass, ${sizes}`,
      value: growth(({ seconds }) => seconds),
      detail: `${perPass(({ seconds }) => seconds * 1000, 1)} ms`,
    }),
    atMost(1.2, {
      goal: `Redis commands a pass, ${sizes}`,
      value: growth(({ commands }) => commands),
      detail: perPass(({ commands }) => commands, 1),
    }),
  ];
}
