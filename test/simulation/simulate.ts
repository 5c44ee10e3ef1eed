import { getEventListeners } from "node:events";
import { type CallRecord, CallRecordsClient, type Provider, type UsageSummary } from "../../src/index.js";
import type { CustomCall, VendorId } from "../../src/testing/index.js";
import { createVendors } from "../../src/testing/emulated-vendors.js";
import { emulatorCredentials } from "../../src/testing/vendors.js";
import { Random } from "../../src/testing/data/random.js";
import { emulatorSettings } from "../../src/testing/options.js";
import { VirtualClock } from "../engine/virtual-clock.js";
import { consume } from "./consume.js";
import { boundsOf } from "./bounds.js";
import { brokenAtOf, declaredCapOf, holeOf, keptSecondsOf, retentionOf, searchCapOf } from "./emulated-quirks.js";
import { isHonest } from "./expectations.js";
import { callsOf, HISTORY_MS, LONGEST_CALL_MS, type TrueCall, unusualFields } from "./history.js";
import { SimulatedNetwork } from "./network.js";
import type { Ledger, Run } from "./oracle.js";
import type { Scenario, SimulatedAccount } from "./scenario.js";
import { signerLoaded } from "./signer.js";
import { ACCEPTED_DIFFERENCE_MS, narrowed, SDK_APP_IDS, simulatedProvider } from "./simulated-provider.js";
import { HOSTS } from "./virtual-stage.js";
import { type ClientWarning, listen } from "./warnings.js";
import { edgesOf, windowOf } from "./window-options.js";

/** The type of calls that Huawei lists only if a request names it. */
const ITA_TASK = 4;
const REQUESTS_PER_SECOND = 10;
/** The longest delay between the start of a call and the creation of its row, for a vendor that filters on the creation. */
const LATEST_CREATION_MS = 24 * 3_600_000;
/** A timeout that is longer than the slowest response. */
const LONG_TIMEOUT_MS = 600_000;
/** The default time zone. */
const ZONE = "Asia/Shanghai";

/** Runs a scenario in virtual time. The same scenario always has the same run. */
export async function simulate(scenario: Scenario): Promise<Run> {
  await signerLoaded;
  const { zone, clockJump, stragglers, slowListMs } = scenario.quirks;
  const clock = new VirtualClock(zone?.began);
  const startedAt = clock.now();
  const behind = scenario.clockBehindMs;
  const range = { from: startedAt + scenario.range.from, to: startedAt + scenario.range.to };
  const ledgers = scenario.accounts.map((account): Ledger => {
    const { vendor, quirks } = account;
    const provider = providerOf(account, scenario);
    const bounds = quirks.onBounds === undefined ? [] : boundsOf(provider, range, startedAt - behind, scenario.seed);
    const [broken] = brokenAtOf(account, startedAt - HISTORY_MS, startedAt) ?? [];
    const corrected = Math.abs(behind) > ACCEPTED_DIFFERENCE_MS[vendor];
    const calls = callsOf({ account, filterTime: scenario.filterTime, seed: scenario.seed, now: startedAt, bounds });
    return {
      account,
      calls,
      knownUntil: corrected ? startedAt : startedAt - Math.max(0, behind),
      provider,
      ...(broken === undefined ? {} : { brokenAt: broken.getTime() }),
    };
  });
  const { vendors, credentials, plan } = createVendors(settingsOf(scenario, ledgers, clock), () => clock.now());
  const hosts = scenario.accounts.map(({ vendor }) => ({ vendor: vendors[vendor], host: HOSTS[vendor] }));
  const network = new SimulatedNetwork(hosts, clock, scenario, () => clock.now());
  const random = new Random(scenario.seed);
  const ahead = () => (clockJump !== undefined && clock.elapsed() >= clockJump.atMs ? clockJump.byMs : 0) - behind;
  const warnings: ClientWarning[] = [];
  const open = () =>
    new CallRecordsClient({
      providers: ledgers.map(({ provider }) => provider),
      clock: { now: () => clock.now() + ahead(), sleep: (ms, signal) => clock.sleep(ms, signal) },
      transport: network,
      random: () => random.next(),
      onEvent: listen(warnings),
      ...(stragglers === undefined && slowListMs === undefined ? {} : { timeoutMs: LONG_TIMEOUT_MS }),
    });

  const query = {
    from: new Date(range.from),
    to: new Date(range.to),
    isolateFailures: scenario.isolateFailures,
    beforeRetention: "clip" as const,
    unreadableRows: scenario.reportsUnreadable ? ("report" as const) : ("throw" as const),
  };
  const client = open();
  const usage: UsageSummary[] = [];
  const concurrentErrors: unknown[] = [];
  const work = async () => {
    const runConcurrent = async (what: Scenario["concurrent"][number]) => {
      if (what === "records") await client.records(query).toArray({ max: 100_000 });
      else if (what === "usage") usage.push(...(await client.usage({ ...query, source: "records" })).summaries);
      else await client.activeCalls({ isolateFailures: scenario.isolateFailures });
    };
    const concurrent = scenario.concurrent.map((what) =>
      runConcurrent(what).catch((error: unknown) => concurrentErrors.push(error)),
    );
    const consumed = await consume(
      (policy) => client.records({ ...query, ...policy, order: scenario.readOrder }),
      scenario.consumer,
      client,
      clock,
    );
    const requestsSent = network.sent.length;
    await Promise.all(concurrent);
    return { consumed, requestsSent };
  };
  const { consumed, requestsSent } = await clock.run(work());
  await clock.runOn(0);
  const leftBehind = {
    asleep: clock.sleeperCount,
    inFlight: network.inFlight,
    listeners: getEventListeners(consumed.signal, "abort").length,
  };
  const sentBefore = network.sent.length;
  await clock.runOn(3_600_000);
  const requestsAfterwards = network.sent.length - sentBefore;
  await client.close();
  const reports = consumed.stream.report().accounts;
  const warningsOfRun = [...warnings];

  // Without faults, the gaps can be read again.
  plan.clear();
  network.endOutage();
  const canRereadGaps =
    !consumed.endedByConsumer &&
    scenario.accounts.every((account) => account.admits >= 1 && isHonest(scenario, account));
  const afterwards = canRereadGaps ? await clock.run(readGaps(open(), reports)) : null;
  const secrets = [
    credentials["tencent-ccc"].secretKey,
    credentials["huawei-cec"].appSecret,
    credentials.itniotech.apiSecret,
  ];
  return {
    scenario,
    startedAt,
    range,
    ledgers,
    consumed,
    reports,
    afterwards,
    usage,
    warnings: warningsOfRun,
    concurrentErrors,
    requestsAfterwards,
    requestsSent,
    leftBehind,
    secrets,
  };
}

async function readGaps(client: CallRecordsClient, reports: Run["reports"]): Promise<CallRecord[]> {
  const records: CallRecord[] = [];
  for (const { account, gaps } of reports) {
    for (const { from, to } of gaps)
      records.push(...(await client.records({ from, to, accounts: [account] }).toArray({ max: 100_000 })));
  }
  await client.close();
  return records;
}

/** Returns the faults of a scenario. One from which every kind was left out has none. */
function faultsOf({ seed, faults }: Pick<Scenario, "seed" | "faults">) {
  return faults.kinds.length === 0 ? { share: 0 } : { seed, ...faults };
}

function settingsOf(scenario: Scenario, ledgers: readonly Ledger[], clock: VirtualClock) {
  const startedAt = clock.now();
  const { accounts, edges, quirks } = scenario;
  const each = <Value>(value: (account: SimulatedAccount) => Value | null) =>
    Object.fromEntries(
      accounts.flatMap((account) => (value(account) === null ? [] : [[account.vendor, value(account)]])),
    ) as Partial<Record<VendorId, Value>>;
  return emulatorSettings({
    seed: scenario.seed,
    days: 0,
    callsPerDay: 0,
    activeCalls: 0,
    now: () => clock.now(),
    requestsPerSecond: each(({ admits }) => Math.max(1, Math.ceil(admits * REQUESTS_PER_SECOND))),
    filterTime: scenario.filterTime,
    windowEdges: edgesOf(edges),
    timeZone: quirks.zone?.name ?? ZONE,
    order: scenario.order,
    tokenTtlSeconds: scenario.tokenTtlSeconds,
    sdkAppIds: SDK_APP_IDS,
    calls: Object.fromEntries(
      ledgers.map(({ account, calls }) => [
        account.vendor,
        calls.filter(isEverListed).map((call) => customCall(account, call)),
      ]),
    ),
    faults: faultsOf(scenario),
    pageCap: each(({ pageCap }) => pageCap),
    totalShift: each(({ totalShift }) => totalShift),
    searchCap: each(searchCapOf),
    missingPage: each(holeOf),
    retentionSeconds: each(keptSecondsOf),
    corruptAt: each((account) => brokenAtOf(account, startedAt - HISTORY_MS, startedAt)),
  });
}

/** Whether the vendor lists the call at any time. The emulator refuses one that is removed before. */
function isEverListed({ startedAt, listedFrom, removedAt }: TrueCall): boolean {
  return removedAt === null || removedAt > Math.max(startedAt, listedFrom);
}

function customCall({ vendor, quirks }: SimulatedAccount, call: TrueCall): CustomCall {
  const { id, customer, place, startedAt, answeredAt, endedAt, listedFrom, removedAt } = call;
  const row = unusualFields(vendor, call, quirks);
  const custom = {
    id,
    customer,
    startedAt: new Date(startedAt),
    answeredAt: answeredAt === null ? null : new Date(answeredAt),
    endedAt: new Date(endedAt),
    listedFrom: new Date(listedFrom),
    ...(removedAt === null ? {} : { removedAt: new Date(removedAt) }),
    ...(row === null ? {} : { row }),
  };
  // Both lists and both applications of a vendor contain calls.
  if (vendor === "huawei-cec" && place % 3 === 0) return { ...custom, type: ITA_TASK };
  if (vendor === "tencent-ccc") return { ...custom, application: SDK_APP_IDS[place % 2] ?? 0 };
  return custom;
}

function providerOf(account: SimulatedAccount, { filterTime, edges, quirks: { zone } }: Scenario): Provider {
  const { vendor, pageSize, windowSeconds, concurrency, quirks } = account;
  const longestMs = filterTime === "created" ? LATEST_CREATION_MS : LONGEST_CALL_MS;
  const options = {
    rate: { requestsPerSecond: REQUESTS_PER_SECOND, concurrency },
    longestCallSeconds: Math.max(longestMs / 1000, (quirks.longestCallHours ?? 0) * 3600),
    timeZone: zone?.name ?? ZONE,
    ...retentionOf(account),
    ...(quirks.settleHours === undefined ? {} : { settleSeconds: quirks.settleHours * 3600 }),
  };
  const provider = simulatedProvider(
    vendor,
    options,
    emulatorCredentials(emulatorSettings({ sdkAppIds: SDK_APP_IDS })),
    {
      sendsOffsets: quirks.sendsOffsets === true,
    },
  );
  return narrowed(provider, {
    pageSize,
    windowSeconds,
    window: windowOf(vendor, quirks, { filterTime, edges }),
    totals: quirks.noTotals !== true,
    maxRows: declaredCapOf(account),
  });
}
