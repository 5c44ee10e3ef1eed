import { performance } from "node:perf_hooks";
import type { Clock } from "../index.js";
import type { FilterTime, RowOrder, WindowEdges } from "./data/call-table.js";
import type { CustomCall } from "./data/custom-call.js";
import type { EmulatorOptions } from "./emulator-options.js";
import type { MissingPage, SearchCap } from "./data/search-cap.js";
import type { FaultOptions } from "./faults/fault-plan.js";
import type { SharedSettings } from "./vendor-definition.js";
import { refuseUnknownOptions } from "./option-names.js";
import { definitionOf, forEachVendor, VENDOR_IDS, type VendorId } from "./vendors.js";

/** The options with their defaults. */
export interface EmulatorSettings extends SharedSettings {
  vendors: readonly VendorId[];
  accounts: Record<VendorId, readonly string[]>;
  clock: Clock | null;
  /** A non-decreasing time in milliseconds, for the rate limits. */
  monotonic: () => number;
  seed: number;
  days: number;
  callsPerDay: number;
  port: number;
  latencyMs: number;
  requestsPerSecond: Record<VendorId, number>;
  filterTime: FilterTime;
  windowEdges: WindowEdges;
  order: RowOrder;
  activeCalls: number;
  calls: Record<VendorId, readonly CustomCall[]>;
  faults: FaultOptions;
  pageCap: Record<VendorId, number>;
  totalShift: Record<VendorId, number>;
  maxRows: Record<VendorId, number>;
  searchCap: Record<VendorId, SearchCap | null>;
  missingPage: Record<VendorId, MissingPage | null>;
  retentionSeconds: Record<VendorId, number>;
  corruptAt: Record<VendorId, readonly Date[]>;
}

const each = <Value>(value: Value) => forEachVendor<Record<VendorId, Value>>(() => value);

/** Returns the options with their defaults. @throws RangeError for an option that does not exist, and for a number outside of its range. */
export function emulatorSettings(options: EmulatorOptions): EmulatorSettings {
  refuseUnknownOptions(options);
  const atLeast = (name: "days" | "callsPerDay" | "latencyMs" | "activeCalls", whenAbsent: number) => {
    const value = options[name] ?? whenAbsent;
    if (!(value >= 0)) throw new RangeError(`${name} must be a number of at least 0.`);
    return value;
  };
  const caps = (name: "pageCap" | "maxRows" | "retentionSeconds") => {
    const values = { ...each(Number.POSITIVE_INFINITY), ...options[name] };
    if (Object.values(values).some((value) => !(value >= 1))) throw new RangeError(`${name} must be at least 1.`);
    return values;
  };
  for (const cap of Object.values(options.searchCap ?? {}))
    if (!Number.isInteger(cap.rows) || cap.rows < 1)
      throw new RangeError("searchCap: `rows` must be a whole number of at least 1.");
  if (options.now !== undefined && options.clock !== undefined)
    throw new RangeError("Set either `now` or `clock`, not both.");
  const [firstApp, ...otherApps] = options.sdkAppIds ?? [1_400_000_000, 1_400_000_001];
  if (firstApp === undefined) throw new RangeError("sdkAppIds must hold at least one application.");
  const started = accountsOf(options);
  return {
    ...started,
    accountIndex: 0,
    clock: options.clock ?? null,
    monotonic: monotonicOf(options.clock),
    seed: options.seed ?? 1,
    days: atLeast("days", 30),
    callsPerDay: atLeast("callsPerDay", 100),
    now: options.now ?? nowOf(options.clock),
    port: portOf(options.port ?? 0, started.vendors.length),
    latencyMs: atLeast("latencyMs", 0),
    requestsPerSecond: {
      ...forEachVendor<Record<VendorId, number>>((id) => definitionOf(id).requestsPerSecond),
      ...options.requestsPerSecond,
    },
    filterTime: options.filterTime ?? "start",
    windowEdges: { start: "inclusive", end: "inclusive", ...options.windowEdges },
    order: options.order ?? "descending",
    tokenTtlSeconds: options.tokenTtlSeconds ?? 3600,
    tokenDelayMs: options.tokenDelayMs ?? 0,
    sdkAppIds: [firstApp, ...otherApps],
    tencentToken: options.tencentToken ?? null,
    activeCalls: atLeast("activeCalls", 8),
    numberMatching: options.numberMatching ?? "exact",
    timeZone: options.timeZone ?? "Asia/Shanghai",
    calls: { ...each([]), ...options.calls },
    faults: options.faults ?? { share: 0 },
    pageCap: caps("pageCap"),
    totalShift: { ...each(0), ...options.totalShift },
    maxRows: caps("maxRows"),
    searchCap: { ...each(null), ...options.searchCap },
    missingPage: { ...each(null), ...options.missingPage },
    retentionSeconds: caps("retentionSeconds"),
    corruptAt: { ...each([]), ...options.corruptAt },
  };
}

/** @throws RangeError for a number that leaves no ports for the vendors. */
function portOf(port: number, vendors: number): number {
  const last = 65_536 - vendors;
  if (!Number.isInteger(port) || port < 0 || port > last)
    throw new RangeError(`port must be a whole number from 0 to ${last}.`);
  return port;
}

function nowOf(clock: Clock | undefined): () => number {
  return clock === undefined ? Date.now : () => clock.now();
}

/** Returns the time that the rate limits use. A clock without `monotonicMs` may be set back, which this time is not. */
function monotonicOf(clock: Clock | undefined): () => number {
  if (clock === undefined) return () => performance.now();
  let latest = Number.NEGATIVE_INFINITY;
  return () => (latest = Math.max(latest, clock.monotonicMs?.() ?? clock.now()));
}

/** @throws RangeError for a vendor that does not exist, a label that is empty or used twice, or an account of a vendor that is not started. */
function accountsOf({ vendors = VENDOR_IDS, accounts = {}, calls = {} }: EmulatorOptions) {
  const known = (id: string) => VENDOR_IDS.some((one) => one === id);
  if (vendors.length === 0 || !vendors.every(known))
    throw new RangeError(`vendors: must contain at least one of ${VENDOR_IDS.join(", ")}, and nothing else.`);
  for (const id of Object.keys({ ...accounts, ...calls }))
    if (!vendors.some((one) => one === id))
      throw new RangeError(`accounts, calls: the vendor \`${id}\` is not started.`);
  const labels = forEachVendor<Record<VendorId, readonly string[]>>((id) => accounts[id] ?? [id]);
  const started = VENDOR_IDS.filter((id) => vendors.includes(id));
  const all = started.flatMap((id) => labels[id]);
  if (started.some((id) => labels[id].length === 0) || all.includes("") || new Set(all).size < all.length)
    throw new RangeError("accounts: each vendor needs at least one label. A label must not be empty or used twice.");
  for (const id of started)
    for (const { account } of calls[id] ?? [])
      if (account !== undefined && !labels[id].includes(account))
        throw new RangeError(`calls: the vendor \`${id}\` has no account \`${account}\`.`);
  return { vendors: started, accounts: labels };
}
