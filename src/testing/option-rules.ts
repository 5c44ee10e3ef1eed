import type { CustomCall } from "./data/custom-call.js";
import type { EmulatorOptions } from "./emulator-options.js";
import { canOccur } from "./faults/fault-kinds.js";
import { DEFAULT_APPLICATIONS } from "./vendor-definition.js";
import { definitionOf, VENDOR_IDS, type VendorId } from "./vendors.js";

/** Reports that an option breaks a rule. @param path the names that lead to the option. */
export type Refuse = (path: readonly (string | number)[], rule: string) => void;

/** The end of the year 9999, after which times have no four-digit year. */
const LAST_INSTANT = Date.parse("9999-12-31T23:59:59Z");

/** The options that have a value for each vendor. */
const BY_VENDOR = [
  "accounts",
  "requestsPerSecond",
  "calls",
  "pageCap",
  "totalShift",
  "maxRows",
  "searchCap",
  "missingPage",
  "retentionSeconds",
  "recordingRetentionSeconds",
  "recordingAddressSeconds",
  "recordingRanges",
  "corruptAt",
] as const satisfies readonly (keyof EmulatorOptions)[];

/** The options of one vendor. */
const OWNERS = {
  sdkAppIds: "tencent-ccc",
  tencentToken: "tencent-ccc",
  tokenTtlSeconds: "huawei-cec",
  tokenDelayMs: "huawei-cec",
} as const satisfies Partial<Record<keyof EmulatorOptions, VendorId>>;

/** The options, each of which is valid alone. */
type Read = EmulatorOptions & { vendors: readonly VendorId[]; port: number };

/** Checks the options against each other. */
export function checkOptions(options: Read, refuse: Refuse): void {
  checkClock(options, refuse);
  // One more is for the object store of the recordings.
  const last = 65_535 - new Set(options.vendors).size;
  if (options.port > last)
    refuse(["port"], `must be at most ${last}, so that each vendor and the recordings have a port`);
  checkVendors(options, refuse);
  checkOwners(options, refuse);
  checkLabels(options, refuse);
  for (const id of VENDOR_IDS)
    for (const [at, call] of (options.calls?.[id] ?? []).entries())
      checkCall(id, call, options, (path, rule) => {
        refuse(["calls", id, at, ...path], rule);
      });
}

function checkClock({ now, clock }: Read, refuse: Refuse): void {
  if (now !== undefined && clock !== undefined) refuse(["now"], "must be left out where `clock` is set");
  const [name, time] = clock === undefined ? ["now", now?.() ?? 0] : ["clock.now", clock.now()];
  const monotonic = clock?.monotonicMs?.() ?? 0;
  if (typeof (monotonic as unknown) !== "number" || !Number.isFinite(monotonic))
    refuse(["clock.monotonicMs"], "must return milliseconds as a number");
  if (typeof time !== "number" || !(time >= 0 && time <= LAST_INSTANT))
    refuse([name], "must return milliseconds since 1970, at most those of the year 9999");
}

/** A value for a vendor that is not started would have no effect. */
function checkVendors(options: Read, refuse: Refuse): void {
  const { vendors, faults } = options;
  const rule = `is an option of a vendor that is not started. \`vendors\` contains ${vendors.join(", ")}`;
  for (const name of BY_VENDOR)
    for (const id of VENDOR_IDS)
      if (options[name]?.[id] !== undefined && !vendors.includes(id)) refuse([name, id], rule);
  for (const [at, id] of (faults?.vendors ?? []).entries())
    if (!vendors.includes(id)) refuse(["faults", "vendors", at], rule.replace("is an option of", "is"));
  const affected = faults?.vendors ?? vendors;
  const kinds = faults?.kinds ?? [];
  if (kinds.length > 0 && !kinds.some((kind) => affected.some((id) => canOccur(kind, id))))
    refuse(["faults", "kinds"], `must contain a kind that can occur at ${affected.join(" or ")}`);
}

/** A value for a vendor that is not started would have no effect. */
function checkOwners(options: Read, refuse: Refuse): void {
  for (const [name, id] of Object.entries(OWNERS))
    if (options[name as keyof typeof OWNERS] !== undefined && !options.vendors.includes(id))
      refuse([name], `is an option of ${id}, which is not started. \`vendors\` contains ${options.vendors.join(", ")}`);
}

function checkLabels({ vendors, accounts }: Read, refuse: Refuse): void {
  const used = new Set<string>();
  for (const id of new Set(vendors))
    for (const [at, label] of (accounts?.[id] ?? [id]).entries()) {
      if (used.has(label)) refuse(["accounts", id, at], "must be another label than those of the other accounts");
      used.add(label);
    }
}

function checkCall(
  id: VendorId,
  call: CustomCall,
  { accounts, sdkAppIds = DEFAULT_APPLICATIONS }: Read,
  refuse: Refuse,
): void {
  const { account, application, direction, type } = call;
  const labels = accounts?.[id] ?? [id];
  if (account !== undefined && !labels.includes(account))
    refuse(["account"], `must be an account of this vendor: ${labels.join(", ")}`);
  const { directions, directionsOf, hasApplications } = definitionOf(id);
  if (direction !== undefined && !directions.includes(direction))
    refuse(["direction"], `must be ${directions.join(" or ")} at this vendor`);
  else if (direction !== undefined && type !== undefined && !directionsOf(type).includes(direction))
    refuse(["direction"], `must be ${directionsOf(type).join(" or ")} for the type ${type} at this vendor`);
  if (application === undefined) return;
  if (!hasApplications) refuse(["application"], "must be left out, because this vendor has no applications");
  else if (!sdkAppIds.includes(application)) refuse(["application"], "must be one of `sdkAppIds`");
}
