import type { TableRules } from "./data/call-table.js";
import { Random } from "./data/random.js";
import { WallClock } from "./data/wall-clock.js";
import { FaultPlan } from "./faults/fault-plan.js";
import { FaultyVendor } from "./faults/faulty-vendor.js";
import { recordingRules } from "./recordings/recording-rules.js";
import { RecordingStore } from "./recordings/recording-store.js";
import type { Vendor } from "./vendor.js";
import type { EmulatorSettings } from "./options.js";
import { planCalls, seedOf } from "./plan-calls.js";
import {
  type EmulatorCredentials,
  type EmulatorTruth,
  forEachVendor,
  setUpVendors,
  VENDOR_IDS,
  type VendorId,
  type VendorSetups,
} from "./vendors.js";

/** An account of an emulated vendor, without sockets. */
export interface AccountEmulation {
  readonly vendor: FaultyVendor;
  /** The object store of its recordings, on another server; null where the vendor's API sends recordings itself. */
  readonly store: FaultyVendor | null;
  readonly setup: VendorSetups[VendorId];
  /** The calls that a correct client must find. */
  readonly truth: EmulatorTruth[VendorId];
}

/** The emulated vendors of one company, without sockets. */
export interface EmulatedVendors {
  /** All accounts, by vendor. */
  readonly accounts: Readonly<Record<VendorId, readonly AccountEmulation[]>>;
  /** Each vendor's first account. */
  readonly vendors: Readonly<Record<VendorId, FaultyVendor>>;
  /** The keys of each vendor's first account. */
  readonly credentials: EmulatorCredentials;
  /** The calls of each vendor's first account that a correct client must find. */
  readonly truth: EmulatorTruth;
  /** The faults of requests to any of the vendors. */
  readonly plan: FaultPlan;
  /** The base URL of the server of the object stores, which is set when it has started. */
  readonly servers: { store: string };
}

/**
 * Creates the vendors that the settings start, and their calls. The same settings and the same requests in the same order give the same responses.
 * @param monotonic a non-decreasing time in milliseconds, for the rate limits.
 */
export function createVendors(settings: EmulatorSettings, monotonic = settings.monotonic): EmulatedVendors {
  const plan = new FaultPlan(settings.faults, new Map(settings.vendors.map((id) => [id, settings.accounts[id]])));
  const wallClock = new WallClock(settings.timeZone);
  const { vendors: ids } = settings;
  const servers = { store: "http://127.0.0.1:9" };
  const accounts = forEachVendor<EmulatedVendors["accounts"]>(
    (id) =>
      settings.accounts[id].map((label, accountIndex) =>
        createAccount(id, label, { ...settings, accountIndex, monotonic }, wallClock, plan, servers),
      ),
    ids,
  );
  const first = <Part>(partOf: (account: AccountEmulation) => Part) => {
    return (id: VendorId) => {
      const [account] = accounts[id];
      if (account === undefined) throw new RangeError(`The vendor \`${id}\` has no account.`);
      return partOf(account);
    };
  };
  return {
    accounts,
    vendors: forEachVendor<EmulatedVendors["vendors"]>(
      first(({ vendor }) => vendor),
      ids,
    ),
    credentials: forEachVendor<EmulatorCredentials>(
      first(({ setup }) => setup.credentials),
      ids,
    ),
    truth: forEachVendor<EmulatorTruth>(
      first(({ truth }) => truth),
      ids,
    ),
    plan,
    servers,
  };
}

function createAccount(
  id: VendorId,
  label: string,
  settings: EmulatorSettings,
  wallClock: WallClock,
  plan: FaultPlan,
  servers: EmulatedVendors["servers"],
): AccountEmulation {
  const setup = setUpVendors(settings)[id];
  const rules: TableRules = {
    filterTime: settings.filterTime,
    windowEdges: settings.windowEdges,
    order: settings.order,
    pageCap: settings.pageCap[id],
    totalShift: settings.totalShift[id],
    searchCap: settings.searchCap[id],
    corruptAt: settings.corruptAt[id].map((at) => at.getTime()),
    missingPage: settings.missingPage[id],
    retentionMs: settings.retentionSeconds[id] * 1000,
  };
  const recordings = recordingRules(settings.recordingRetentionSeconds[id], {
    hasRanges: settings.recordingRanges[id],
    addressSeconds: settings.recordingAddressSeconds[id],
  });
  const { vendor, truth, store } = setup.create({
    recordings,
    createStore: (find) =>
      new RecordingStore({ ...recordings, account: label, endpoint: () => servers.store, now: settings.now }, find),
    calls: planCalls(id, settings, setup, wallClock),
    rules,
    requestsPerSecond: settings.requestsPerSecond[id],
    maxRows: settings.maxRows[id],
    wallClock,
    monotonic: settings.monotonic,
    random: new Random(seedOf(settings) * 31 + VENDOR_IDS.indexOf(id) + 1),
  });
  const faulty = (part: Vendor) => new FaultyVendor(id, label, part, plan, settings.now);
  return { vendor: faulty(vendor), store: store === undefined ? null : faulty(store), setup, truth };
}
