import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordingPath } from "call-records";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { Random } from "../../../src/testing/data/random.js";
import { PassProcess, type Point } from "../../kill/pass-process.js";
import { openClient } from "./account.js";
import { type ArchiveState, hashOf, readArchive } from "./archive-state.js";
import { type AudioKey, audioOf, emulatedKeys, keyOfRecording } from "./emulated-audio.js";
import { FetchCounter } from "./fetch-counter.js";
import { checkArchive, checkComplete, type ExpectedFile } from "./guarantees.js";
import type { Archiver, ArchiverMessage, Pass } from "./pass.js";

const NOW = Date.parse("2026-11-20T04:00:00Z");
const DAYS = 4;
const FROM = NOW - DAYS * 86_400_000;
const PIECE_DELAY_MS = 5;
/** The number of processes that are started for one kill. The last is killed after its run. */
const MAX_ATTEMPTS = 3;

/** The options of a campaign, which kills the processes of one archive, and then lets one finish. */
export interface CampaignOptions {
  kills: number;
  seed: number;
}

export interface CampaignResult {
  /** The number of kills before the end of a run. */
  killsDuringRun: number;
  /** The number of kills that left a recording without its line in `.parts`. */
  killsDuringDownload: number;
  /** The number of kills that left a recording with its line in `.parts`. */
  killsBeforeMove: number;
  recordings: number;
  fetches: number;
  violations: string[];
}

/** @param script the built script of an archiver. */
export async function runCampaign(options: CampaignOptions, script: string): Promise<CampaignResult> {
  const random = new Random(options.seed);
  const directory = await mkdtemp(join(tmpdir(), "call-records-kill-archive-"));
  const emulator = await startVendorEmulator({
    seed: random.seed(),
    // The calls do not change, so that each run finds the same recordings.
    now: () => NOW,
    days: DAYS,
    callsPerDay: 30,
    activeCalls: 0,
    requestsPerSecond: { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity },
  });
  try {
    const expected = await listRecordings(emulator);
    return await new Campaign(options, script, random, directory, emulator, expected).run();
  } finally {
    await emulator.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Returns the recordings that the client lists, by their paths. */
async function listRecordings({ endpoints, credentials }: VendorEmulator): Promise<Map<string, ExpectedFile>> {
  const client = openClient({ endpoints, credentials, now: NOW });
  const expected = new Map<string, ExpectedFile>();
  for await (const call of client.records({ from: new Date(FROM), to: new Date(NOW) })) {
    for (const recording of [...call.recordings, ...call.legs.flatMap(({ recordings }) => recordings)]) {
      const path = recordingPath(call, recording);
      const key = keyOfRecording(call, recording);
      // A company's copy has the path of the vendor's recording, which comes first.
      if (expected.has(path)) continue;
      const audio = audioOf(key);
      expected.set(path, { path, key, bytes: audio.byteLength, sha256: hashOf(audio) });
    }
  }
  await client.close();
  return expected;
}

class Campaign {
  private readonly result: CampaignResult;
  private readonly fetches: FetchCounter;
  private spare: Archiver;

  constructor(
    private readonly options: CampaignOptions,
    private readonly script: string,
    private readonly random: Random,
    private readonly directory: string,
    private readonly emulator: VendorEmulator,
    private readonly expected: ReadonlyMap<string, ExpectedFile>,
  ) {
    this.fetches = new FetchCounter(new Set([...expected.values()].map(({ key }) => key)));
    this.result = {
      killsDuringRun: 0,
      killsDuringDownload: 0,
      killsBeforeMove: 0,
      recordings: expected.size,
      fetches: 0,
      violations: [],
    };
    this.spare = PassProcess.start(script);
  }

  async run(): Promise<CampaignResult> {
    try {
      this.checkListed();
      for (let kill = 1; kill <= this.options.kills; kill += 1) await this.kill();
      await this.finish();
      // Every recording is complete now, so the counter reports any download as a violation.
      await this.finish();
      this.result.violations.push(...this.fetches.check());
      this.result.fetches = this.fetches.total;
    } finally {
      await this.spare.kill();
    }
    return this.result;
  }

  /** Checks that the client lists each of the vendors' recordings. */
  private checkListed(): void {
    const emulated = emulatedKeys(this.emulator, FROM);
    const listed = new Set([...this.expected.values()].map(({ key }) => key));
    for (const key of emulated) if (!listed.has(key)) this.result.violations.push(`${key} is not listed`);
    for (const key of listed) if (!emulated.has(key)) this.result.violations.push(`the vendor does not have ${key}`);
  }

  /** Kills an archiver. If its run ended before, the next one is killed instead. */
  private async kill(): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const { archiver, state } = await this.runOnce(PIECE_DELAY_MS, pointFrom(this.random));
      this.result.violations.push(...checkArchive(state, this.expected));
      if (archiver.hasEnded) continue;
      this.result.killsDuringRun += 1;
      const lines = new Set(state.entries.map(({ sha256 }) => sha256));
      if (state.parts.some((sha256) => !lines.has(sha256))) this.result.killsDuringDownload += 1;
      if (state.parts.some((sha256) => lines.has(sha256))) this.result.killsBeforeMove += 1;
      return;
    }
  }

  /** Runs the archive to its end, at full speed. */
  private async finish(): Promise<void> {
    const { archiver, state } = await this.runOnce(0, null);
    this.result.violations.push(...checkComplete(state, this.expected));
    const last = archiver.messages.at(-1);
    if (last?.event !== "done") return;
    this.result.violations.push(...last.missing);
    if (last.fetched + last.kept !== this.expected.size)
      this.result.violations.push(`the report has ${last.fetched} fetched and ${last.kept} kept recordings`);
  }

  /** Runs the archive until a point or, without one, to its end, kills the process, and counts its requests. */
  private async runOnce(
    delayMs: number,
    point: Point<ArchiverMessage> | null,
  ): Promise<{ archiver: Archiver; state: ArchiveState }> {
    const complete = this.completeKeys();
    const archiver = this.spare;
    // Started before it is needed, so that loading its modules takes no time.
    this.spare = PassProcess.start(this.script);
    const { endpoints, credentials } = this.emulator;
    const pass: Pass = { endpoints, credentials, now: NOW, from: FROM, directory: this.directory, delayMs };
    await archiver.run(pass, point);
    if (point === null) await archiver.ended();
    await archiver.kill();
    this.result.violations.push(...this.fetches.count(this.emulator.requests, complete));
    this.emulator.clearRequests();
    const last = archiver.messages.at(-1);
    if (last?.event === "failed") this.result.violations.push(`a run failed: ${last.text}`);
    return { archiver, state: readArchive(this.directory) };
  }

  /** Returns the recordings that have a line. Their files are complete, at their place or in `.parts`. */
  private completeKeys(): Set<AudioKey> {
    const { entries } = readArchive(this.directory);
    return new Set(entries.flatMap(({ path }) => this.expected.get(path)?.key ?? []));
  }
}

function pointFrom(random: Random): Point<ArchiverMessage> {
  const event = random.weighted([
    ["started", 2],
    ["opened", 8],
    ["received", 4],
    ["noted", 6],
    ["archived", 2],
  ] as const);
  const maxDelayMs = { started: 300, opened: 60, received: 15, noted: 1, archived: 5 }[event];
  return { event, number: event === "started" ? 0 : random.integer(1, 8), delayMs: random.integer(0, maxDelayMs) };
}
