import { type CallRecord, CallRecordsClient, type SyncCoverage, type SyncStream } from "../../src/index.js";
import { createVendors } from "../../src/testing/emulated-vendors.js";
import type { VendorId } from "../../src/testing/index.js";
import { Random } from "../../src/testing/data/random.js";
import { emulatorSettings } from "../../src/testing/options.js";
import { VirtualClock } from "../engine/virtual-clock.js";
import { CrashingStore } from "./crashing-store.js";
import { brokenAtOf, holeOf, keptSecondsOf, searchCapOf } from "./emulated-quirks.js";
import { isDeceitful } from "./expectations.js";
import { SimulatedNetwork } from "./network.js";
import { SDK_APP_IDS } from "./simulated-provider.js";
import { SimulatedProcess } from "./simulated-process.js";
import { signerLoaded } from "./signer.js";
import { type Delivery, SyncConsumer } from "./sync-consumer.js";
import { type EditedCall, editedCalls, emulatedCall, FUTURE_MS, SETTLE_MS } from "./sync-history.js";
import { providerIn, syncBoundsOf, ZONE } from "./sync-options.js";
import { DAY, type Pass, PAST_MS, type Push, type SyncAccount, type SyncScenario } from "./sync-scenario.js";
import { HOSTS } from "./virtual-stage.js";
import { type ClientWarning, listen } from "./warnings.js";
import { edgesOf } from "./window-options.js";

/** The observations of one pass. */
export interface PassRun {
  pass: Pass;
  startedAt: number;
  deliveries: Delivery[];
  /** The thrown error; null if the pass was completed. */
  thrown: unknown;
  endedByConsumer: boolean;
  report: ReturnType<SyncStream["report"]>;
  coverage: SyncCoverage[];
  /** The content of the consumer's table after the pass, by key. */
  table: ReadonlyMap<string, CallRecord>;
  /** The number of requests in the pass. */
  requests: number;
  warnings: readonly ClientWarning[];
}

/** The observations of all passes of a job. */
export interface SyncRun {
  scenario: SyncScenario;
  histories: { account: SyncAccount; calls: EditedCall[] }[];
  passes: PassRun[];
  began: number;
  /** The start of the requested range of the last pass. */
  from: number;
  written: number;
}

/** The number of additional passes around a broken instant. Each reduces the interval that cannot be read to a twentieth. */
const EXTRA_PASSES = 4;
/** A timeout that is longer than the slowest response. */
const LONG_TIMEOUT_MS = 600_000;
/** The time after which all calls have settled. */
const ALL_SETTLED_MS = FUTURE_MS + SETTLE_MS + 4 * DAY;

/** Returns the notice of a push; none for a call that does not exist. */
function noticeOf(
  push: Push,
  histories: SyncRun["histories"],
  began: number,
): { account: string; around: { from: Date; to: Date } }[] {
  if (push.type === "forged") {
    const from = began + push.fromMs;
    return [{ account: push.account, around: { from: new Date(from), to: new Date(from + push.lengthMs) } }];
  }
  const calls = histories.find(({ account }) => account.vendor === push.vendor)?.calls ?? [];
  const call = calls[push.index % Math.max(1, calls.length)];
  if (call === undefined) return [];
  const around = { from: new Date(call.startedAt - 60_000), to: new Date(call.startedAt + 60_000) };
  return [{ account: push.vendor, around }];
}

/** Runs a scenario, and then a pass without faults when everything has settled. */
export async function simulateSync(scenario: SyncScenario): Promise<SyncRun> {
  await signerLoaded;
  const { edges, quirks } = scenario;
  const clock = new VirtualClock(quirks.zone?.began);
  const began = clock.now();
  const histories = scenario.accounts.map((account) => ({
    account,
    calls: editedCalls(
      account,
      scenario,
      began,
      account.quirks.onBounds === undefined ? [] : syncBoundsOf(account, scenario, began),
    ),
  }));
  const now = () => clock.now();
  const each = <Value>(value: (account: SyncAccount) => Value | null) =>
    Object.fromEntries(
      scenario.accounts.flatMap((account) => (value(account) === null ? [] : [[account.vendor, value(account)]])),
    ) as Partial<Record<VendorId, Value>>;
  const settings = emulatorSettings({
    seed: scenario.seed,
    days: 0,
    callsPerDay: 0,
    activeCalls: 0,
    now,
    requestsPerSecond: { "tencent-ccc": 1000, "huawei-cec": 1000, itniotech: 1000 },
    filterTime: scenario.filterTime,
    windowEdges: edgesOf(edges),
    timeZone: quirks.zone?.name ?? ZONE,
    order: scenario.order,
    sdkAppIds: SDK_APP_IDS,
    calls: Object.fromEntries(
      histories.map(({ account, calls }) => [account.vendor, calls.map((call) => emulatedCall(account, call, now))]),
    ),
    totalShift: each(({ totalShift }) => totalShift),
    searchCap: each(searchCapOf),
    retentionSeconds: each(keptSecondsOf),
    missingPage: each(holeOf),
    corruptAt: each((account) => brokenAtOf(account, began - PAST_MS, began + FUTURE_MS)),
  });
  const store = new CrashingStore();
  const consumer = new SyncConsumer();
  const random = new Random(scenario.seed);
  const passes: PassRun[] = [];
  // The earliest start of all passes. The last pass requests it again, because a pass that ended before its first save has stored nothing.
  const fromMs = Math.max(...scenario.passes.map((pass) => pass.fromMs));

  const quiet: Omit<Pass, "afterMs"> = {
    fromMs,
    toMs: null,
    crash: null,
    commitEvery: 1,
    faults: { share: 0, kinds: [] },
    commitOrder: "first first",
    clockBehindMs: 0,
    trouble: {},
    clips: true,
    isolateFailures: scenario.accounts.some(isDeceitful),
    firstOnly: false,
    options: {},
    pushes: [],
  };
  // Each pass narrows the interval around a broken instant.
  const more = scenario.accounts.some((account) => account.quirks.broken !== undefined) ? EXTRA_PASSES : 0;
  for (const pass of [
    ...scenario.passes,
    { ...quiet, afterMs: ALL_SETTLED_MS + PAST_MS },
    ...Array.from({ length: more }, () => ({ ...quiet, afterMs: 60_000 })),
  ]) {
    await clock.runOn(pass.afterMs);
    const startedAt = clock.now();
    const requestedFrom = began - pass.fromMs;
    const { vendors } = createVendors(
      { ...settings, faults: { seed: scenario.seed + passes.length, ...pass.faults } },
      now,
    );
    const hosts = scenario.accounts.map(({ vendor }) => ({ vendor: vendors[vendor], host: HOSTS[vendor] }));
    const network = new SimulatedNetwork(
      hosts,
      clock,
      {
        seed: scenario.seed,
        latency: { minMs: 20, maxMs: 400 },
        outage: null,
        quirks: { ...quirks, ...pass.trouble },
      },
      now,
    );
    const process = new SimulatedProcess(store, pass.crash?.type === "kill" ? pass.crash.atRequest : null);
    const { clockJump } = pass.trouble;
    const ahead = () =>
      (clockJump !== undefined && clock.now() >= startedAt + clockJump.atMs ? clockJump.byMs : 0) - pass.clockBehindMs;
    const warnings: ClientWarning[] = [];
    const client = new CallRecordsClient({
      providers: scenario.accounts.map((account) => providerIn(account, scenario, pass.options)),
      clock: { now: () => clock.now() + ahead(), sleep: (ms, signal) => clock.sleep(ms, signal) },
      transport: process.transport(network),
      random: () => random.next(),
      onEvent: listen(warnings),
      ...(quirks.stragglers === undefined && quirks.slowListMs === undefined ? {} : { timeoutMs: LONG_TIMEOUT_MS }),
    });
    const abort = new AbortController();
    const [first] = scenario.accounts;
    const to = pass.toMs === null ? null : Math.max(startedAt + pass.toMs, requestedFrom + 1);
    const checkpointOptions =
      scenario.checkpointOwner === "store" ? { store: process.openStore() } : { checkpoint: consumer.checkpoints() };
    store.failAt(pass.crash?.type === "save" ? pass.crash : null);
    const stream = client.sync({
      from: new Date(requestedFrom),
      ...(to === null ? {} : { to: new Date(to) }),
      ...(pass.firstOnly && first !== undefined ? { accounts: [first.vendor] } : {}),
      ...checkpointOptions,
      around: pass.pushes.flatMap((push) => noticeOf(push, histories, began)),
      isolateFailures: pass.isolateFailures,
      beforeRetention: pass.clips ? "clip" : "throw",
      signal: abort.signal,
    });
    if (pass.crash?.type === "abort") {
      void clock.sleep(pass.crash.atMs).then(() => {
        abort.abort();
      });
    }
    consumer.beginPass();
    const killed = process.killed.then(() => ({ thrown: null, endedByConsumer: true }));
    const outcome = await clock.run(
      Promise.race([consumer.read(stream, pass, scenario.checkpointOwner, () => process.isKilled), killed]),
    );
    if (outcome.thrown === null && !outcome.endedByConsumer && scenario.checkpointOwner === "consumer")
      consumer.storeAll(stream.checkpoints());
    passes.push({
      pass,
      startedAt,
      ...outcome,
      deliveries: consumer.deliveries,
      report: stream.report(),
      coverage: await client.coverage(scenario.checkpointOwner === "store" ? store : consumer.checkpoints()),
      table: new Map(consumer.table),
      requests: network.sent.length,
      warnings,
    });
    // A killed process does not close its client.
    if (!process.isKilled) await client.close();
    await clock.runOn(0);
  }
  return { scenario, histories, passes, began, from: began - fromMs, written: store.written };
}
