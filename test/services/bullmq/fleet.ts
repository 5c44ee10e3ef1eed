import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Job, Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Provider } from "call-records";
import type { SyncJobData, SyncJobProgress, SyncJobResult } from "call-records/bullmq";
import type { EmulatorOptions, VendorEmulator } from "call-records/testing";
import { startVendorEmulator } from "call-records/testing";
import { closeWithFile } from "../../closing.js";
import { connect, OwnRedis } from "../redis/redis-server.js";

export type SyncJob = Job<SyncJobData, SyncJobResult>;
export type Vendor = "tencent-ccc" | "huawei-cec" | "itniotech";

const HOUR = 3_600_000;
/** The start of the synced range: all calls of the emulator are later. */
export const FROM = new Date(Math.floor(Date.now() / HOUR) * HOUR - 5 * 24 * HOUR).toISOString();

/** Starts the vendors of a fleet, whose calls are few. They are closed with the test file. */
export async function startVendors<Id extends Vendor>(
  accounts: Partial<Record<Id, readonly string[]>>,
  options: Partial<EmulatorOptions<Id>> = {},
): Promise<VendorEmulator<Id>> {
  const emulator = await startVendorEmulator<Id>({
    vendors: Object.keys(accounts) as Id[],
    accounts,
    days: 2,
    callsPerDay: 10,
    activeCalls: 0,
    ...options,
  });
  closeWithFile(() => emulator.close());
  return emulator;
}

/** Returns the function `provider` of a worker for the accounts of an emulator. */
export function providersOf<Id extends Vendor>(emulator: VendorEmulator<Id>): (account: string) => Provider {
  const providers = new Map<string, Provider>(emulator.providers().map((provider) => [provider.account, provider]));
  return (account) => {
    const provider = providers.get(account);
    if (provider === undefined) throw new TypeError(`There is no account ${account}.`);
    return provider;
  };
}

/** A queue on its own server. */
export class Fleet {
  private constructor(
    readonly server: OwnRedis,
    readonly connection: Redis,
    readonly queueName: string,
    readonly queue: Queue<SyncJobData, SyncJobResult>,
  ) {}

  /** @param server the server; default a new one. */
  static async open(server?: OwnRedis): Promise<Fleet> {
    const own = server ?? (await OwnRedis.start());
    const connection = connect({ port: own.port });
    const queueName = `test-${randomUUID()}`;
    const queue = new Queue<SyncJobData, SyncJobResult>(queueName, { connection });
    queue.on("error", () => undefined);
    closeWithFile(() => queue.close());
    return new Fleet(own, connection, queueName, queue);
  }

  get options(): { connection: Redis; queueName: string } {
    return { connection: this.connection, queueName: this.queueName };
  }

  /** Returns the jobs of an account in any of the states, oldest first. */
  async jobs(
    account: string,
    ...states: ("active" | "completed" | "delayed" | "failed" | "waiting")[]
  ): Promise<SyncJob[]> {
    const jobs = await this.queue.getJobs(states);
    return jobs
      .filter(({ data }) => data.account === account)
      .sort((one, other) => one.timestamp - other.timestamp || (one.processedOn ?? 0) - (other.processedOn ?? 0));
  }

  /** Resolves with the first completed job of an account. */
  completed(account: string): Promise<SyncJob> {
    return until(`a completed job of ${account}`, async () => (await this.jobs(account, "completed"))[0]);
  }

  failed(account: string): Promise<SyncJob> {
    return until(`a failed job of ${account}`, async () => (await this.jobs(account, "failed"))[0]);
  }
}

/** Returns the result of a job that has made a pass. */
export function passOf({ returnvalue }: SyncJob): SyncJobProgress {
  if ("skipped" in returnvalue) throw new TypeError(`The job made no pass: ${returnvalue.skipped}.`);
  return returnvalue;
}

/** Resolves with the value as soon as it is there. @throws Error after half a minute. */
export async function until<Value>(
  what: string,
  find: () => Promise<Value | undefined> | Value | undefined,
  limitMs = 30_000,
): Promise<Value> {
  const latest = performance.now() + limitMs;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > latest) throw new Error(`There was not ${what} in time.`);
    await sleep(20);
  }
}
