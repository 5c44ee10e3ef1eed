import { rmSync } from "node:fs";
import type { CallRecord } from "call-records";
import { sqlDestination } from "call-records/sql";
import type { VendorEmulator } from "call-records/testing";
import { Random } from "../../../../src/testing/data/random.js";
import { PassProcess, type Point } from "../../../kill/pass-process.js";
import { clockFrom, openClient } from "../../../sync/kill/account.js";
import { HISTORY_DAYS, SETTLED_AFTER, START, startCampaignVendors } from "../../../sync/kill/campaign-vendors.js";
import { mariaDbServer, postgresServer, sqliteFile, type TestDatabase } from "../databases.js";
import { checkCalls, checkCheckpoints } from "./guarantees.js";
import type { Pass, Writer, WriterMessage } from "./pass.js";
import { sleepPastLease } from "./sleep.js";
import { readStored } from "./stored.js";
import { type DatabaseName, type Target, withConnection } from "./target.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The number of writers that are started for one kill. The last is killed after its pass. */
const MAX_ATTEMPTS = 3;
/** The lease of the last pass, which must not expire on a busy machine. */
const LAST_LEASE_SECONDS = 60;

/** The options of a campaign, which kills the writers of one database, makes others sleep, and then lets one finish. */
export interface CampaignOptions {
  database: DatabaseName;
  kills: number;
  sleeps: number;
  leaseSeconds: number;
  seed: number;
}

export interface CampaignResult {
  /** The number of kills before the end of a pass. */
  killsDuringPass: number;
  /** The number of kills between the beginning and the end of a write. */
  killsDuringWrite: number;
  /** The number of sleepers whose next write was refused. Others slept after their last write. */
  refusedSleepers: number;
  writes: number;
  rows: number;
  violations: string[];
}

const DATABASES: Record<DatabaseName, () => TestDatabase | Promise<TestDatabase>> = {
  PostgreSQL: postgresServer,
  MariaDB: mariaDbServer,
  SQLite: sqliteFile,
};

/** @param script the built script of a writer. */
export async function runCampaign(options: CampaignOptions, script: string): Promise<CampaignResult> {
  const random = new Random(options.seed);
  const database = await DATABASES[options.database]();
  const target: Target = { database: options.database, location: database.location };
  const time = { clock: clockFrom(START) };
  const emulator = await startCampaignVendors(random, () => time.clock.now());
  try {
    await withConnection(target, (db) => sqlDestination(db).migrate());
    return await new Campaign(options, script, random, target, emulator, time).run();
  } finally {
    await emulator.close();
    await database.drop();
    if (options.database === "SQLite")
      for (const suffix of [".lock", "-wal"]) rmSync(`${target.location}${suffix}`, { recursive: true, force: true });
  }
}

class Campaign {
  private readonly result: CampaignResult = {
    killsDuringPass: 0,
    killsDuringWrite: 0,
    refusedSleepers: 0,
    writes: 0,
    rows: 0,
    violations: [],
  };
  private spare: Writer;

  constructor(
    private readonly options: CampaignOptions,
    private readonly script: string,
    private readonly random: Random,
    private readonly target: Target,
    private readonly emulator: VendorEmulator,
    private readonly time: { clock: { now(): number } },
  ) {
    this.spare = PassProcess.start(script);
  }

  async run(): Promise<CampaignResult> {
    const { kills, sleeps } = this.options;
    try {
      let now = START;
      const pass = () => {
        now += this.random.integer(1, 8) * HOUR;
        return this.pass(now);
      };
      // The sleepers are among the kills, while there is still history to write.
      const sleepEvery = Math.ceil(kills / (sleeps + 1));
      for (let kill = 1; kill <= kills; kill += 1) {
        await this.kill(pass);
        if (kill % sleepEvery === 0 && kill / sleepEvery <= sleeps) await this.sleep(pass());
      }
      await this.finish({ ...this.pass(START + SETTLED_AFTER), leaseSeconds: LAST_LEASE_SECONDS });
    } finally {
      await this.spare.kill();
    }
    return this.result;
  }

  private pass(now: number): Pass {
    const { endpoints, credentials } = this.emulator;
    this.time.clock = clockFrom(now);
    this.emulator.clearRequests();
    return {
      vendors: { endpoints, credentials, now },
      target: this.target,
      leaseSeconds: this.options.leaseSeconds,
      from: new Date(START - HISTORY_DAYS * DAY).toISOString(),
    };
  }

  /** Returns a writer that has been started before it is needed, so that loading its modules takes no time. */
  private writer(): Writer {
    const writer = this.spare;
    this.spare = PassProcess.start(this.script);
    return writer;
  }

  /** Kills a writer. If its pass ended before, for example because its short lease expired on a busy machine, the next writer is killed instead. */
  private async kill(passOf: () => Pass): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const [writer, pass] = [this.writer(), passOf()];
      await writer.run(pass, pointFrom(this.random));
      await writer.kill();
      await this.check(pass, writer);
      if (writer.hasEnded) continue;
      this.result.killsDuringPass += 1;
      if (writer.messages.at(-1)?.event === "writing") this.result.killsDuringWrite += 1;
      return;
    }
  }

  private async sleep(pass: Pass): Promise<void> {
    const sleeper = this.writer();
    await sleeper.run(pass, {
      event: "writing",
      number: this.random.integer(1, 6),
      delayMs: this.random.integer(0, 25),
    });
    // In this build of SQLite, a file has one process at a time.
    const second = this.target.database === "SQLite" ? null : this.writer();
    const { violations, wasRefused } = await sleepPastLease(sleeper, second, pass);
    this.result.violations.push(...violations);
    if (wasRefused) this.result.refusedSleepers += 1;
    await sleeper.kill();
    await second?.kill();
    await this.check(pass, sleeper, ...(second === null ? [] : [second]));
  }

  /** Runs a pass to its end, and compares the tables with the vendors' calls. */
  private async finish(pass: Pass): Promise<void> {
    const writer = this.writer();
    await writer.run(pass, null);
    const { event } = await writer.ended();
    await writer.kill();
    if (event !== "done") this.result.violations.push("the last pass failed");
    await this.check(pass, writer);
    const client = openClient(pass.vendors);
    const truth: CallRecord[] = [];
    for await (const record of client.records({ from: pass.from, to: new Date(pass.vendors.now) })) truth.push(record);
    await client.close();
    const { calls } = await readStored(this.target);
    this.result.rows = calls.length;
    this.result.violations.push(...checkCalls(calls, truth));
  }

  /** Checks what is stored after some writers have ended or were killed. */
  private async check(pass: Pass, ...writers: Writer[]): Promise<void> {
    for (const { messages } of writers) {
      this.result.writes += messages.filter(({ event }) => event === "written").length;
      for (const message of messages)
        if (message.event === "failed" && !message.isLeaseLost)
          this.result.violations.push(`a pass failed: ${message.text}`);
    }
    const client = openClient(pass.vendors);
    const stored = await readStored(this.target);
    this.result.violations.push(...(await checkCheckpoints(stored, client, this.emulator, START)));
    await client.close();
  }
}

function pointFrom(random: Random): Point<WriterMessage> {
  const number = random.weighted([
    [0, 2],
    [random.integer(1, 8), 16],
    [random.integer(9, 60), 2],
  ]);
  if (number === 0) return { event: "started", number, delayMs: random.integer(0, 150) };
  return { event: random.pick(["writing", "writing", "written"]), number, delayMs: random.integer(0, 25) };
}
