import type { Provider } from "../../src/index.js";
import { emulatorSettings } from "../../src/testing/options.js";
import { emulatorCredentials } from "../../src/testing/vendors.js";
import { boundsOf } from "./bounds.js";
import { declaredCapOf, retentionOf } from "./emulated-quirks.js";
import { narrowed, SDK_APP_IDS, simulatedProvider } from "./simulated-provider.js";
import { LONGEST_CALL_MS, SETTLE_MS } from "./sync-history.js";
import { DAY, type PassOptions, type SyncAccount, type SyncScenario } from "./sync-scenario.js";
import { windowOf } from "./window-options.js";

const REQUESTS_PER_SECOND = 10;
const LATEST_CREATION_MS = DAY;
/** The default time zone. */
export const ZONE = "Asia/Shanghai";
const NO_APPLICATION = 1_400_000_099;
/** A wrong time zone, which no vendor uses. */
const OTHER_ZONE = "America/Halifax";

/** Returns the provider of an account in one pass. */
export function providerIn(account: SyncAccount, scenario: SyncScenario, options: PassOptions): Provider {
  const { vendor, quirks, pageSize, concurrency } = account;
  const {
    mistake,
    declaresNothing,
    longestCallHours,
    settleHours,
    windowSeconds,
    firstApplication,
    mistypedApplication,
  } = options;
  const needed = (scenario.filterTime === "created" ? LATEST_CREATION_MS : LONGEST_CALL_MS) / 1000;
  const common = {
    rate: { requestsPerSecond: REQUESTS_PER_SECOND, concurrency },
    longestCallSeconds:
      mistake === "longest" ? 600 : Math.max(needed, (longestCallHours ?? quirks.longestCallHours ?? 0) * 3600),
    settleSeconds: Math.max(SETTLE_MS / 1000, (settleHours ?? quirks.settleHours ?? 0) * 3600),
    ...retentionOf(account),
    timeZone: mistake === "zone" ? OTHER_ZONE : (scenario.quirks.zone?.name ?? ZONE),
  };
  const [first = 0] = SDK_APP_IDS;
  const applications =
    firstApplication === true ? [first] : mistypedApplication === true ? [first, NO_APPLICATION] : SDK_APP_IDS;
  const provider = simulatedProvider(
    vendor,
    common,
    emulatorCredentials(emulatorSettings({ sdkAppIds: SDK_APP_IDS })),
    {
      sendsOffsets: quirks.sendsOffsets === true,
      applications,
    },
  );
  const declared =
    declaresNothing === true
      ? windowOf(vendor, quirks.unit === undefined ? {} : { unit: quirks.unit }, scenario)
      : windowOf(vendor, quirks, scenario);
  const window = {
    ...declared,
    ...(mistake === "start" ? { filtersOn: "start" as const } : {}),
    ...(mistake === "end" ? { end: "exclusive" as const } : {}),
  };
  return narrowed(provider, {
    pageSize,
    windowSeconds: windowSeconds ?? account.windowSeconds,
    window,
    totals: quirks.noTotals !== true,
    maxRows: declaredCapOf(account),
  });
}

/** Whether the options of a pass are wrong for the account, so that the results of the pass may be wrong. */
export function isMistaken(
  { vendor, quirks }: SyncAccount,
  { filterTime, edges }: SyncScenario,
  { mistake }: PassOptions,
): boolean {
  switch (mistake) {
    case "zone":
      return vendor === "itniotech" || quirks.unit === "day";
    case "start":
      return filterTime !== "start";
    case "end":
      return edges === "exclusive";
    case "longest":
      return true;
    default:
      return false;
  }
}

/** Returns the instants around which the passes of an account are likely to have bugs. */
export function syncBoundsOf(account: SyncAccount, scenario: SyncScenario, began: number): number[] {
  let now = began;
  return scenario.passes.flatMap((pass) => {
    now += pass.afterMs;
    const range = {
      from: began - pass.fromMs,
      to: pass.toMs === null ? now : Math.max(now + pass.toMs, began - pass.fromMs + 1),
    };
    const provider = providerIn(account, scenario, pass.options);
    const settled = now - provider.settleSeconds * 1000;
    return [
      ...boundsOf(provider, range, now - pass.clockBehindMs, scenario.seed),
      ...Array.from({ length: 5 }, (_, second) => settled + second * 1000),
    ];
  });
}
