import { performance } from "node:perf_hooks";
import type { TableRules } from "./data/call-table.js";
import { Random } from "./data/random.js";
import { WallClock } from "./data/wall-clock.js";
import { FaultPlan } from "./faults/fault-plan.js";
import { FaultyVendor } from "./faults/faulty-vendor.js";
import type { EmulatorSettings } from "./options.js";
import { planCalls } from "./plan-calls.js";
import {
  credentialsOf,
  type EmulatorCredentials,
  type EmulatorTruth,
  forEachVendor,
  setUpVendors,
  type VendorId,
  type VendorSetups,
} from "./vendors.js";
import type { Vendor } from "./vendor.js";

/** The emulated vendors of one company, without sockets. */
export interface EmulatedVendors {
  readonly vendors: Readonly<Record<VendorId, FaultyVendor>>;
  /** The keys that they accept. */
  readonly credentials: EmulatorCredentials;
  readonly setups: VendorSetups;
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
  const { now, seed } = settings;
  const wallClock = new WallClock(settings.timeZone);
  const setups = setUpVendors(settings);
  const planned = planCalls(settings, setups, wallClock);
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
  const created = forEachVendor<Record<VendorId, { vendor: Vendor; truth: EmulatorTruth[VendorId] }>>((id, index) =>
    setups[id].create({
      calls: planned[id],
      rules: rules(id),
      requestsPerSecond: settings.requestsPerSecond[id],
      maxRows: settings.maxRows[id],
      wallClock,
      monotonic,
      random: new Random(seed * 31 + index + 1),
    }),
  );
  const plan = new FaultPlan(settings.faults);
  return {
    vendors: forEachVendor<EmulatedVendors["vendors"]>((id) => new FaultyVendor(id, created[id].vendor, plan, now)),
    credentials: credentialsOf(setups),
    setups,
    truth: forEachVendor<EmulatorTruth>((id) => created[id].truth),
    plan,
  };
}
