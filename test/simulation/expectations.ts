import type { CallRecord, Provider } from "../../src/index.js";
import { planHistory } from "../../src/engine/lists/list-plan.js";
import type { Span } from "../../src/engine/lists/intervals.js";
import { WallClock } from "../../src/testing/data/wall-clock.js";
import type { FilterTime, VendorId } from "../../src/testing/index.js";
import { without } from "./undetectable.js";
import { searchCapOf, sizeOf } from "./emulated-quirks.js";
import { type Filtered, filteredAt, LONGEST_CALL_MS, type TrueCall } from "./history.js";
import type { Ledger, Run } from "./oracle.js";
import type { ScenarioQuirks } from "./quirks.js";
import type { Scenario, SimulatedAccount } from "./scenario.js";

const DAY = 86_400_000;

/** Returns the vendor's call that a record belongs to. */
export function callOf<Call extends Pick<TrueCall, "id" | "customer" | "place">>(
  record: CallRecord,
  { calls, account: { vendor } }: { calls: readonly Call[]; account: { vendor: VendorId } },
): Call | undefined {
  const number = record.callee?.number;
  return calls.find(
    ({ id, customer, place }) =>
      id === record.id &&
      customer === number &&
      (vendor !== "tencent-ccc" || record.application === String(1_400_000_000 + (place % 2))),
  );
}

/** Returns the fields of a record that differ from its call. @param starts the possible instants of the start in its row. */
export function wrongFields(record: CallRecord, call: TrueCall, vendor: VendorId, starts: readonly number[]): string[] {
  const wrong: string[] = [];
  const at = record.startedAt.getTime();
  if (!starts.includes(at)) wrong.push("its start is wrong");
  const isNear = (time: Date | null) =>
    time === null || (time.getTime() >= at && time.getTime() <= at + LONGEST_CALL_MS);
  if (starts.length === 1 && ![record.answeredAt, record.ringingAt, record.endedAt].every(isNear))
    wrong.push("an impossible time when it rang, was answered or ended");
  if (record.state !== "ended") return wrong;
  const talk = call.answeredAt === null ? 0 : Math.floor((call.endedAt - call.answeredAt) / 1000);
  if (call.hasDuration ? record.talkSeconds !== talk : (record.talkSeconds ?? 0) > LONGEST_CALL_MS / 1000)
    wrong.push(`its talk is ${String(record.talkSeconds)} s instead of ${talk} s`);
  if (!call.hasNoTimes && starts.length === 1 && vendor !== "huawei-cec" && record.endedAt?.getTime() !== call.endedAt)
    wrong.push("its end is wrong");
  return wrong;
}

/** Returns the possible instants of a time in a row. When clocks are set back, a local time occurs twice. */
export function readings(
  { quirks: { zone } }: { quirks: ScenarioQuirks },
  vendor: VendorId,
  instant: number,
): number[] {
  if (vendor !== "itniotech" || zone === undefined) return [instant];
  const clock = wallClocks.get(zone.name) ?? new WallClock(zone.name);
  wallClocks.set(zone.name, clock);
  const local = instant + clock.offsetMsAt(instant);
  return [-HOUR, -HOUR / 2, 0, HOUR / 2, HOUR]
    .map((by) => instant + by)
    .filter((other) => other + clock.offsetMsAt(other) === local);
}
const wallClocks = new Map<string, WallClock>();
const HOUR = 3_600_000;

/** Whether no client can find a call, because it is listed after the look-back or is past the retention. */
export function isUnknowable({ scenario, startedAt }: Run, { account: { quirks } }: Ledger, call: TrueCall): boolean {
  const isForgotten =
    quirks.keptDays !== undefined &&
    quirks.declaresKept !== true &&
    filteredAt(call, scenario.filterTime) < startedAt - (quirks.keptDays - 1) * DAY;
  return call.isLate || isForgotten;
}

/** Whether the vendor's responses are false, for example a total or an id. */
export function isDeceitful({
  vendor,
  totalShift,
  quirks: { twins, wrongUnit, searchCap, roundCap, hole, broken, listsLate },
}: Pick<SimulatedAccount, "vendor" | "totalShift" | "quirks">): boolean {
  // Each application has separate ids.
  const hasTwins = twins !== undefined && !(twins === "list" && vendor === "tencent-ccc");
  return (
    totalShift !== 0 ||
    hasTwins ||
    wrongUnit !== undefined ||
    searchCap !== undefined ||
    roundCap !== undefined ||
    hole !== undefined ||
    broken !== undefined ||
    listsLate === true
  );
}

/** Whether the vendor's responses and the clocks are correct, even if they are unusual. */
export function isHonest(
  { quirks }: { quirks: ScenarioQuirks },
  account: Pick<SimulatedAccount, "vendor" | "totalShift" | "quirks">,
): boolean {
  // Without a total, Huawei's response for no data does not verify where a list ends.
  const isSilent =
    account.quirks.keptDays !== undefined || (account.quirks.noTotals === true && account.vendor === "huawei-cec");
  return !isDeceitful(account) && !isSilent && quirks.clockJump === undefined && quirks.wrongDates === undefined;
}

/** Whether a scenario has no faults for an account. */
export function isClean(scenario: Scenario, account: SimulatedAccount): boolean {
  const { faults, outage } = scenario;
  const { churn, admits } = account;
  return (
    faults.share === 0 &&
    scenario.quirks.forbidden === undefined &&
    outage === null &&
    churn === "none" &&
    admits >= 1 &&
    isHonest(scenario, account)
  );
}

/** The number of windows, and the cap, up to which a client that splits windows must read everything. */
const FEW = { windows: 30, minCap: 8 };

/** Whether a cap on searches is the only fault, and smaller windows are below the cap. */
export function isReadInParts({ scenario, range, startedAt }: Run, { account, provider, calls }: Ledger): boolean {
  const cap = searchCapOf(account);
  const others = without(account.quirks, "searchCap", "roundCap");
  if (
    cap === null ||
    cap.rows < FEW.minCap ||
    others.unit !== undefined ||
    !isClean(scenario, { ...account, quirks: others })
  )
    return false;
  if (
    planHistory(provider, provider.operations.records, range, { now: startedAt - scenario.clockBehindMs }).windows
      .length > FEW.windows
  )
    return false;
  const times = calls.map((call) => filteredAt(call, scenario.filterTime));
  return times.every((at) => times.filter((other) => Math.abs(other - at) <= 3000).length < cap.rows / 2);
}

/** Whether the smallest windows, which cannot be split, may end with a full page. The ends of such windows are never verified. */
export function isCrowded(
  { quirks, pageSize }: Pick<SimulatedAccount, "quirks" | "pageSize">,
  calls: readonly Filtered[],
  filterTime: FilterTime,
): boolean {
  if (quirks.unit === "day") return true;
  const times = calls.map((call) => filteredAt(call, filterTime));
  return pageSize > 1 && times.some((at) => times.filter((other) => Math.abs(other - at) <= 3000).length >= pageSize);
}

/** Whether the only fault is one instant that cannot be read, and this call is far enough from it. @param farMs the range around it that may be lost. */
export function isUnaffected(
  scenario: { quirks: ScenarioQuirks; filterTime: FilterTime },
  account: Pick<SimulatedAccount, "vendor" | "totalShift" | "quirks">,
  call: Filtered,
  brokenAt: number | undefined,
  farMs: number,
): boolean {
  if (brokenAt === undefined || !isHonest(scenario, { ...account, quirks: without(account.quirks, "broken") }))
    return false;
  return Math.abs(filteredAt(call, scenario.filterTime) - brokenAt) > farMs;
}

/** A reading whose number of requests is estimated. */
interface Reading {
  provider: Provider;
  account: Pick<SimulatedAccount, "vendor" | "pageSize"> & { pageCap?: number | null };
  calls: readonly Filtered[];
  range: { from: number; to: number };
  now: number;
  filterTime: FilterTime;
}

/**
 * Returns an upper bound for the requests of a reading: twice those of its windows, because an empty response is verified by a second one, and some for a token and
 * for the correction of the clock.
 */
export function maxRequests({ provider, account, calls, range, now, filterTime }: Reading): number {
  const { windows, grid, partitions } = planHistory(provider, provider.operations.records, range, { now });
  const { vendor, pageSize } = account;
  const size = sizeOf(account);
  const { paging } = provider.operations.records;
  const hasTotal = paging.style !== "none" && paging.total;
  // A list that is cut off ends with a full page, by the requested or by the returned page size.
  const endsFull = (rows: number) => rows > 0 && [size, pageSize].some((page) => page > 1 && rows % page === 0);
  const requestsOf = (window: Span, times: readonly number[]): number => {
    if (grid === null) return 0;
    const { start, end } = grid.bounds(window);
    const rows = times.filter((at) => at >= start.getTime() && at <= end.getTime());
    // A vendor may leave out the rows on one bound or both.
    const inner = rows.filter((at) => at > start.getTime() && at < end.getTime());
    const isSplit = [rows.length, inner.length, rows.length - 1].some(endsFull);
    const parts = isSplit ? grid.split(window, 2) : [];
    const pages = Math.ceil(rows.length / size) + 1;
    if (parts.length < 2) return pages;
    // With a total, the first page already shows that the end would be unverified.
    return (hasTotal ? 1 : pages) + parts.reduce((sum, part) => sum + requestsOf(part, rows), 0);
  };
  const requests = windows.map(({ span, partition }) => {
    const { application, parameters } = partitions[partition] ?? { application: null, parameters: {} };
    const own = calls.filter(
      ({ place }) =>
        (vendor !== "huawei-cec" || (place % 3 === 0) === (parameters.taskType === "4")) &&
        (vendor !== "tencent-ccc" || application === String(1_400_000_000 + (place % 2))),
    );
    return span === null
      ? 0
      : requestsOf(
          span,
          own.map((call) => filteredAt(call, filterTime)),
        );
  });
  return 2 * requests.reduce((sum, one) => sum + one, 0) + 10;
}
