import { setImmediate } from "node:timers/promises";
import { expect } from "vitest";
import type { AccountReport, CallRecord, RecordStream, RecordsQuery } from "call-records";
import type { VendorId } from "call-records/testing";
import { daysAgo, openStage, type Stage, type StageOptions } from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { HastyClock, TIMEOUT_MS } from "./hasty-clock.js";

export const VENDORS: readonly VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];
/** A range that is fully settled, so that its calls can be verified. */
export const RANGE = { from: daysAgo(12), to: daysAgo(4) };

export interface HostileStage extends Omit<Stage, "clock"> {
  clock: HastyClock;
}

/** Opens three vendors and a client for them, whose back-offs end immediately. There is no jitter, so that waits are predictable. */
export async function openHostileStage(options: StageOptions = {}, clock = new HastyClock()): Promise<HostileStage> {
  const emulator = { days: 20, callsPerDay: 30, now: clock.now, ...options.emulator };
  const client = { clock, timeoutMs: TIMEOUT_MS, random: () => 0, ...options.client };
  const stage = await openStage({ ...options, emulator, client });
  return { ...stage, clock };
}

/** Waits for a result, and ends the timeouts whenever every attempt in progress is a request to which the emulator never responds. */
export async function whileStalling<Result>({ emulator, clock }: HostileStage, work: Promise<Result>): Promise<Result> {
  const state = { done: false, timedOut: 0 };
  const finish = () => {
    state.done = true;
  };
  work.then(finish, finish);
  while (!state.done) {
    await setImmediate();
    const stalled =
      emulator.requests.filter(({ fault }) => fault?.startsWith("stalled") ?? false).length - state.timedOut;
    if (stalled === 0 || stalled !== clock.armed) continue;
    state.timedOut += stalled;
    clock.expire();
  }
  return work;
}

export interface Reading {
  records: CallRecord[];
  accounts: AccountReport[];
}

/** Reads all calls of one vendor in a range. */
export async function read(stage: HostileStage, vendor: VendorId, query: RecordsQuery = RANGE): Promise<Reading> {
  const stream: RecordStream = stage.client.records({ ...query, accounts: [vendor] });
  const records = await whileStalling(stage, stream.toArray({ max: 100_000 }));
  return { records, accounts: stream.report().accounts };
}

/** Expects each call of the range exactly once, no other call, and a range that is verified complete. */
export function expectExactlyOnce(
  { emulator }: HostileStage,
  vendor: VendorId,
  { records, accounts }: Reading,
  { from, to } = RANGE,
): void {
  expect(idsOf(records)).toEqual(idsOf(within(emulator.truth[vendor].calls, from, to)));
  expect(records.length).toBeGreaterThan(0);
  const coverage = [{ from: from.toISOString(), to: to.toISOString() }];
  expect(accounts).toMatchObject([{ account: vendor, status: "complete", coverage, unsettled: [], gaps: [] }]);
}
