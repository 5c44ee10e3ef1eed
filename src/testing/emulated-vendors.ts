import { performance } from "node:perf_hooks";
import { planCalls } from "./plan-calls.js";
import { emulatorCredentials, type EmulatorCredentials } from "./credentials.js";
import type { TableRules } from "./data/call-table.js";
import { Random } from "./data/random.js";
import { WallClock } from "./data/wall-clock.js";
import { FaultPlan } from "./faults/fault-plan.js";
import { FaultyVendor } from "./faults/faulty-vendor.js";
import { HuaweiService } from "./huawei-cec/service.js";
import { ItniotechService } from "./itniotech/service.js";
import type { EmulatorSettings } from "./options.js";
import { TencentRecords } from "./tencent-ccc/actions.js";
import { TencentGateway } from "./tencent-ccc/gateway.js";
import { createTruth, type EmulatorTruth } from "./emulator-truth.js";
import type { VendorId } from "./vendor.js";

/** The emulated vendors of one company, without sockets. */
export interface EmulatedVendors {
  readonly vendors: Readonly<Record<VendorId, FaultyVendor>>;
  /** The keys that they accept. */
  readonly credentials: EmulatorCredentials;
  /** The calls that a correct client must find. */
  readonly truth: EmulatorTruth;
  /** The faults of requests to any of the vendors. */
  readonly plan: FaultPlan;
}

/**
 * Creates the vendors and their calls. The same settings and the same requests in the same order give the same responses.
 * @param monotonic a non-decreasing time in milliseconds, for the rate limits.
 */
export function createVendors(
  settings: EmulatorSettings,
  monotonic: () => number = () => performance.now(),
): EmulatedVendors {
  const { now, sdkAppIds, requestsPerSecond, maxRows } = settings;
  const wallClock = new WallClock(settings.timeZone);
  const credentials = emulatorCredentials(sdkAppIds, settings.tencentToken);
  const planned = planCalls(settings, wallClock);
  const rules = (vendor: VendorId): TableRules => ({
    filterTime: settings.filterTime,
    windowEdges: settings.windowEdges,
    order: settings.order,
    pageCap: settings.pageCap[vendor],
    totalShift: settings.totalShift[vendor],
    searchCap: settings.searchCap[vendor],
    corruptAt: settings.corruptAt[vendor].map((at) => at.getTime()),
    missingPage: settings.missingPage[vendor],
    retentionMs: settings.retentionSeconds[vendor] * 1000,
  });
  const records = new TencentRecords(planned["tencent-ccc"], rules("tencent-ccc"), {
    sdkAppIds,
    wallClock,
    now,
    maxRows: maxRows["tencent-ccc"],
  });
  const tencent = new TencentGateway(records, {
    keys: credentials["tencent-ccc"],
    now,
    requestsPerSecond: requestsPerSecond["tencent-ccc"],
    monotonic,
    random: new Random(settings.seed * 31 + 1),
  });
  const huawei = new HuaweiService(planned["huawei-cec"], rules("huawei-cec"), {
    keys: credentials["huawei-cec"],
    now,
    requestsPerSecond: requestsPerSecond["huawei-cec"],
    monotonic,
    tokenTtlSeconds: settings.tokenTtlSeconds,
    tokenDelayMs: settings.tokenDelayMs,
    random: new Random(settings.seed * 31 + 2),
  });
  const itniotech = new ItniotechService(planned.itniotech, rules("itniotech"), {
    keys: credentials.itniotech,
    now,
    requestsPerSecond: requestsPerSecond.itniotech,
    monotonic,
    wallClock,
    maxRows: maxRows.itniotech,
  });
  const plan = new FaultPlan(settings.faults);
  return {
    vendors: {
      "tencent-ccc": new FaultyVendor(tencent, plan, now),
      "huawei-cec": new FaultyVendor(huawei, plan, now),
      itniotech: new FaultyVendor(itniotech, plan, now),
    },
    credentials,
    truth: createTruth(planned, records, wallClock, now),
    plan,
  };
}
