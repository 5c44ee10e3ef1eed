import { CallRecordsClient, type CallRecord, type SyncBatch, type SyncCheckpoint, type SyncCoverage, type SyncStream } from "../../src/index.js";
import { makeVendors } from "../../src/testing/company-vendors.js";
import type { VendorId } from "../../src/testing/index.js";
import { Random } from "../../src/testing/data/random.js";
import { emulatorSettings } from "../../src/testing/options.js";
import { VirtualClock } from "../engine/virtual-clock.js";
import { CrashingStore } from "./crashing-store.js";
import { SimulatedNetwork } from "./network.js";
import { narrowed, SDK_APP_IDS, simulatedProvider } from "./simulated-provider.js";
import { signerLoaded } from "./signer.js";
import { type EditedCall, editedCalls, emulatedCall, FUTURE_MS, LONGEST_CALL_MS, SETTLE_MS } from "./sync-history.js";
import { DAY, type Pass, PAST_MS, type SyncScenario } from "./sync-scenario.js";
import { HOSTS } from "./virtual-stage.js";

/** What the consumer was handed, in order. */
export interface Delivery {
  account: string;
  type: "new" | "updated";
  record: CallRecord;
  /** Whether the table held the call when it came. */
  known: boolean;
  /** Whether it may come although nothing has changed: it came before, in a batch that was not committed. */
  mayRepeat: boolean;
}

/** One pass, as it went. */
export interface PassRun {
  startedAt: number;
  deliveries: Delivery[];
  /** Null where it came to its end. */
  thrown: unknown;
  endedByConsumer: boolean;
  report: ReturnType<SyncStream["report"]>;
  coverage: SyncCoverage[];
  /** What the consumer's table held afterwards, by account and id. */
  table: ReadonlyMap<string, CallRecord>;
  /** Requests that were sent in it. */
  requests: number;
}

/** A job's life. */
export interface SyncRun {
  scenario: SyncScenario;
  histories: { vendor: VendorId; calls: EditedCall[] }[];
  passes: PassRun[];
  /** Where the ground of the last pass begins. */
  from: number;
  written: number;
}

/** Leaves the loop in another way than the library's. */
export class ConsumersOwn extends Error {}

const REQUESTS_PER_SECOND = 10;
const LATEST_CREATION_MS = DAY;
/** When the last call has settled, and everything around it. */
const ALL_SETTLED_MS = FUTURE_MS + SETTLE_MS + 3 * LATEST_CREATION_MS;

/** Runs a scenario, and at its end one pass that nothing disturbs when everything has settled. */
export async function simulateSync(scenario: SyncScenario): Promise<SyncRun> {
  await signerLoaded;
  const clock = new VirtualClock();
  const began = clock.now();
  const histories = scenario.accounts.map(({ vendor, calls }) => ({ vendor, calls: editedCalls(vendor, calls, scenario, began) }));
  const now = () => clock.now();
  const { edges } = scenario;
  const settings = emulatorSettings({
    seed: scenario.seed,
    days: 0,
    callsPerDay: 0,
    activeCalls: 0,
    now,
    requestsPerSecond: { "tencent-ccc": 1000, "huawei-cec": 1000, itniotech: 1000 },
    filterTime: scenario.filterTime,
    windowEdges: { start: edges === "exclusive" ? "exclusive" : "inclusive", end: edges === "inclusive" ? "inclusive" : "exclusive" },
    order: scenario.order,
    sdkAppIds: SDK_APP_IDS,
    calls: Object.fromEntries(histories.map(({ vendor, calls }) => [vendor, calls.map((call, index) => emulatedCall(vendor, call, index, now))])),
  });
  const store = new CrashingStore();
  const consumer = new Consumer();
  const random = new Random(scenario.seed);
  const passes: PassRun[] = [];
  // The furthest back that any pass goes: one that was cut short before it saved anything has left nothing of what it was asked for.
  const fromMs = Math.max(...scenario.passes.map((pass) => pass.fromMs));

  const quiet = { fromMs, toMs: null, crash: null, commitEvery: 1, faults: { share: 0, kinds: [] }, clockBehindMs: 0, isolateFailures: false, firstOnly: false };
  for (const pass of [...scenario.passes, { ...quiet, afterMs: ALL_SETTLED_MS + PAST_MS }]) {
    await clock.runOn(pass.afterMs);
    const startedAt = clock.now();
    const groundFrom = began - pass.fromMs;
    const { vendors, credentials } = makeVendors({ ...settings, faults: { seed: scenario.seed + passes.length, ...pass.faults } }, now);
    const hosts = scenario.accounts.map(({ vendor }) => ({ vendor: vendors[vendor], host: HOSTS[vendor] }));
    const network = new SimulatedNetwork(hosts, clock, { seed: scenario.seed, latency: { leastMs: 20, mostMs: 400 }, outage: null }, now);
    const longestCallSeconds = (scenario.filterTime === "created" ? LATEST_CREATION_MS : LONGEST_CALL_MS) / 1000;
    const client = new CallRecordsClient({
      providers: scenario.accounts.map(({ vendor, pageSize, windowSeconds, concurrency }) => {
        const options = { rate: { requestsPerSecond: REQUESTS_PER_SECOND, concurrency }, longestCallSeconds, settleSeconds: SETTLE_MS / 1000 };
        return narrowed(simulatedProvider(vendor, options, credentials), pageSize, windowSeconds);
      }),
      clock: { now: () => clock.now() - pass.clockBehindMs, sleep: (ms, signal) => clock.sleep(ms, signal) },
      transport: network,
      random: () => random.next(),
    });
    const abort = new AbortController();
    const [first] = scenario.accounts;
    const to = pass.toMs === null ? null : Math.max(startedAt + pass.toMs, groundFrom + 1);
    const keeping = scenario.keeper === "store" ? { store } : { checkpoint: consumer.checkpoints() };
    store.failAt(pass.crash?.type === "save" ? pass.crash : null);
    const stream = client.sync({
      from: new Date(groundFrom),
      ...(to === null ? {} : { to: new Date(to) }),
      ...(pass.firstOnly && first !== undefined ? { accounts: [first.vendor] } : {}),
      ...keeping,
      isolateFailures: pass.isolateFailures,
      signal: abort.signal,
    });
    if (pass.crash?.type === "abort") {
      void clock.sleep(pass.crash.atMs).then(() => {
        abort.abort();
      });
    }
    consumer.beginPass();
    const outcome = await clock.run(consumer.read(stream, pass, scenario.keeper));
    if (outcome.thrown === null && !outcome.endedByConsumer && scenario.keeper === "consumer") consumer.keepAll(stream.checkpoints());
    passes.push({
      startedAt,
      ...outcome,
      deliveries: consumer.deliveries,
      report: stream.report(),
      coverage: await client.coverage(scenario.keeper === "store" ? store : consumer.checkpoints()),
      table: new Map(consumer.table),
      requests: network.sent.length,
    });
    await client.close();
    await clock.runOn(0);
  }
  return { scenario, histories, passes, from: began - fromMs, written: store.written };
}

/** Keeps a table; with checkpoints of its own, both in what would be one transaction. */
class Consumer {
  readonly table = new Map<string, CallRecord>();
  deliveries: Delivery[] = [];
  private readonly kept = new Map<string, string>();
  /** Batches that are not committed yet. */
  private held: SyncBatch[] = [];
  /** Calls of batches that were never known to be committed: they may come again. */
  private readonly uncommitted = new Set<string>();

  beginPass(): void {
    this.deliveries = [];
    this.held = [];
  }

  private async commitHeld(): Promise<void> {
    for (const batch of this.held) {
      await batch.commit();
      for (const { record } of batch.changes) this.uncommitted.delete(nameOf(batch, record));
    }
    this.held = [];
  }

  checkpoints(): SyncCheckpoint[] {
    return [...this.kept.values()].map((text) => JSON.parse(text) as SyncCheckpoint);
  }

  keepAll(checkpoints: readonly SyncCheckpoint[]): void {
    for (const checkpoint of checkpoints) this.kept.set(checkpoint.account, JSON.stringify(checkpoint));
  }

  async read(stream: SyncStream, { crash, commitEvery }: Pass, keeper: SyncScenario["keeper"]): Promise<Pick<PassRun, "thrown" | "endedByConsumer">> {
    let batches = 0;
    try {
      for await (const batch of stream) {
        batches += 1;
        const crashes = crash?.type !== "save" && crash?.type !== "abort" && batches === crash?.atBatch;
        // A transaction that is not committed leaves nothing behind.
        if (keeper === "store" || !crashes) this.take(batch, keeper);
        if (crashes && crash.type === "throw") throw new ConsumersOwn("The consumer has crashed.");
        if (crashes) return { thrown: null, endedByConsumer: true };
        if (keeper === "store" && this.held.length >= commitEvery) await this.commitHeld();
      }
      return { thrown: null, endedByConsumer: false };
    } catch (thrown) {
      return { thrown, endedByConsumer: thrown instanceof ConsumersOwn };
    }
  }

  private take(batch: SyncBatch, keeper: SyncScenario["keeper"]): void {
    const { account, changes } = batch;
    for (const { type, record } of changes) {
      const name = nameOf(batch, record);
      this.deliveries.push({ account, type, record, known: this.table.has(name), mayRepeat: this.uncommitted.has(name) });
      this.table.set(name, record);
      if (keeper === "store") this.uncommitted.add(name);
    }
    // In one transaction with the rows: what is kept is committed.
    if (keeper === "consumer") this.kept.set(account, JSON.stringify(batch.checkpoint));
    else this.held.push(batch);
  }
}

function nameOf({ account }: SyncBatch, { id }: CallRecord): string {
  return `${account} ${id}`;
}
