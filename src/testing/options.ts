import { performance } from "node:perf_hooks";
import type { Clock } from "../index.js";
import type { FilterTime, RowOrder, WindowEdges } from "./data/call-table.js";
import type { CustomCall } from "./data/custom-call.js";
import type { EmulatorOptions } from "./emulator-options.js";
import type { MissingPage, SearchCap } from "./data/search-cap.js";
import type { FaultOptions } from "./faults/fault-plan.js";
import { DEFAULT_APPLICATIONS, type SharedSettings } from "./vendor-definition.js";
import { optionSchema } from "./option-schema.js";
import { readInput } from "./read-input.js";
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
  recordingRetentionSeconds: Record<VendorId, number>;
  recordingAddressSeconds: Record<VendorId, number>;
  recordingRanges: Record<VendorId, boolean>;
  corruptAt: Record<VendorId, readonly Date[]>;
}

/** Returns the options with their defaults. @throws RangeError naming an option that does not exist or breaks a rule. */
export function emulatorSettings(options: EmulatorOptions): EmulatorSettings {
  const read = readInput("startVendorEmulator", optionSchema, options);
  const { clock } = read;
  return {
    ...read,
    vendors: VENDOR_IDS.filter((id) => read.vendors.includes(id)),
    accounts: each(read.accounts, (id) => [id]),
    accountIndex: 0,
    clock: clock ?? null,
    monotonic: monotonicOf(clock),
    now: read.now ?? nowOf(clock),
    requestsPerSecond: each(read.requestsPerSecond, (id) => definitionOf(id).requestsPerSecond),
    tencentToken: read.tencentToken ?? null,
    sdkAppIds: read.sdkAppIds ?? DEFAULT_APPLICATIONS,
    tokenTtlSeconds: read.tokenTtlSeconds ?? 3600,
    tokenDelayMs: read.tokenDelayMs ?? 0,
    calls: each(read.calls, () => []),
    pageCap: each(read.pageCap, () => Number.POSITIVE_INFINITY),
    totalShift: each(read.totalShift, () => 0),
    maxRows: each(read.maxRows, () => Number.POSITIVE_INFINITY),
    searchCap: each(read.searchCap, () => null),
    missingPage: each(read.missingPage, () => null),
    retentionSeconds: each(read.retentionSeconds, () => Number.POSITIVE_INFINITY),
    recordingRetentionSeconds: each(
      read.recordingRetentionSeconds,
      (id) => definitionOf(id).recordings.retentionSeconds,
    ),
    recordingAddressSeconds: each(read.recordingAddressSeconds, (id) => definitionOf(id).recordings.addressSeconds),
    recordingRanges: each(read.recordingRanges, (id) => definitionOf(id).recordings.hasRanges),
    corruptAt: each(read.corruptAt, () => []),
  };
}

/** Returns the value of each vendor. @param whenAbsent returns the default of a vendor. */
function each<Given, Default>(
  given: Readonly<Partial<Record<VendorId, Given | undefined>>>,
  whenAbsent: (id: VendorId) => Default,
): Record<VendorId, Given | Default> {
  return forEachVendor<Record<VendorId, Given | Default>>((id) => given[id] ?? whenAbsent(id));
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
