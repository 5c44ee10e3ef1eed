import type { WindowEdges } from "./data/call-table.js";
import type { CustomCall } from "./data/custom-call.js";
import type { MissingPage, SearchCap } from "./data/search-cap.js";
import type { EmulatorOptions } from "./emulator-options.js";
import type { FaultOptions } from "./faults/fault-plan.js";
import { type Names, refuseUnknown } from "./known-names.js";
import { forEachVendor, type VendorId } from "./vendors.js";

const OPTIONS: Names<EmulatorOptions> = {
  vendors: true,
  accounts: true,
  seed: true,
  days: true,
  callsPerDay: true,
  now: true,
  clock: true,
  port: true,
  latencyMs: true,
  requestsPerSecond: true,
  filterTime: true,
  windowEdges: true,
  order: true,
  tokenTtlSeconds: true,
  tokenDelayMs: true,
  sdkAppIds: true,
  tencentToken: true,
  activeCalls: true,
  timeZone: true,
  calls: true,
  faults: true,
  numberMatching: true,
  pageCap: true,
  totalShift: true,
  maxRows: true,
  searchCap: true,
  missingPage: true,
  retentionSeconds: true,
  corruptAt: true,
};
const CALL: Names<CustomCall> = {
  account: true,
  id: true,
  application: true,
  startedAt: true,
  answeredAt: true,
  endedAt: true,
  listedFrom: true,
  removedAt: true,
  direction: true,
  type: true,
  endCode: true,
  customer: true,
  line: true,
  oddTimes: true,
  row: true,
};
const EDGES: Names<WindowEdges> = { start: true, end: true };
const FAULTS: Names<FaultOptions> = { seed: true, share: true, kinds: true, vendors: true, max: true };
const CAP: Names<SearchCap> = { rows: true, total: true, beyond: true };
const PAGE: Names<MissingPage> = { row: true, as: true };
const VENDORS: Names<Record<VendorId, true>> = forEachVendor(() => true);

/** @throws RangeError that names an option, a vendor, or a field of a call that does not exist. */
export function refuseUnknownOptions(options: EmulatorOptions): void {
  refuseUnknown("startVendorEmulator", options, OPTIONS);
  refuseUnknown("windowEdges", options.windowEdges, EDGES);
  refuseUnknown("faults", options.faults, FAULTS);
  const { requestsPerSecond, pageCap, totalShift, maxRows, retentionSeconds, corruptAt } = options;
  const { accounts, calls, searchCap, missingPage } = options;
  const byVendor = { requestsPerSecond, pageCap, totalShift, maxRows, retentionSeconds, corruptAt };
  for (const [name, given] of Object.entries({ ...byVendor, accounts, calls, searchCap, missingPage }))
    refuseUnknown(name, given, VENDORS);
  for (const call of Object.values(calls ?? {}).flat()) refuseUnknown("calls", call, CALL);
  for (const cap of Object.values(searchCap ?? {})) refuseUnknown("searchCap", cap, CAP);
  for (const page of Object.values(missingPage ?? {})) refuseUnknown("missingPage", page, PAGE);
}
