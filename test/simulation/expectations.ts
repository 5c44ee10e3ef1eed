import type { CallRecord, Provider } from "../../src/index.js";
import { planHistory } from "../../src/engine/lists/list-plan.js";
import type { Span } from "../../src/engine/lists/intervals.js";
import { WallClock } from "../../src/testing/data/wall-clock.js";
import type { FilterTime, VendorId } from "../../src/testing/index.js";
import { without } from "./conspiracies.js";
import { searchCapOf, sizeOf } from "./emulated-quirks.js";
import { type Filtered, filteredAt, LONGEST_CALL_MS, type TrueCall } from "./history.js";
import type { Ledger, Run } from "./oracle.js";
import type { ScenarioQuirks } from "./quirks.js";
import type { Scenario, SimulatedAccount } from "./scenario.js";

const DAY = 86_400_000;

/** Which of the vendor's calls a record is of. */
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

/** What a record tells otherwise than it is true of its call. @param starts the instants that its row may mean by its start. */
export function wrongFields(record: CallRecord, call: TrueCall, vendor: VendorId, starts: readonly number[]): string[] {
  const wrong: string[] = [];
  const at = record.startedAt.getTime();
  if (!starts.includes(at)) wrong.push("started at another time than it is said to");
  const isNear = (time: Date | null) =>
    time === null || (time.getTime() >= at && time.getTime() <= at + LONGEST_CALL_MS);
  if (starts.length === 1 && ![record.answeredAt, record.ringingAt, record.endedAt].every(isNear))
    wrong.push("answered or ended at no time at which it can have been");
  if (record.state !== "ended") return wrong;
  const talk = call.answeredAt === null ? 0 : Math.floor((call.endedAt - call.answeredAt) / 1000);
  if (call.hasDuration ? record.talkSeconds !== talk : (record.talkSeconds ?? 0) > LONGEST_CALL_MS / 1000)
    wrong.push(`talked for ${String(record.talkSeconds)} s in place of ${talk} s`);
  if (!call.hasNoTimes && starts.length === 1 && vendor !== "huawei-cec" && record.endedAt?.getTime() !== call.endedAt)
    wrong.push("ended at another time than it is said to");
  return wrong;
}

/** The instants that a vendor may mean by the time that it writes: where clocks are set back, a local time is that of two. */
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

/** What is listed behind the look-back, or no longer kept, no client can know of. */
export function isUnknowable({ scenario, startedAt }: Run, { account: { quirks } }: Ledger, call: TrueCall): boolean {
  const isForgotten =
    quirks.keptDays !== undefined &&
    quirks.declaresKept !== true &&
    filteredAt(call, scenario.filterTime) < startedAt - (quirks.keptDays - 1) * DAY;
  return call.isLate || isForgotten;
}

/** Whether the vendor says something of its calls that is not true. */
export function isDeceitful({
  vendor,
  lie,
  quirks: { twins, wrongUnit, searchCap, roundCap, hole, broken, listsLate },
}: Pick<SimulatedAccount, "vendor" | "lie" | "quirks">): boolean {
  // Applications have ids of their own.
  const hasTwins = twins !== undefined && !(twins === "list" && vendor === "tencent-ccc");
  return (
    lie !== 0 ||
    hasTwins ||
    wrongUnit !== undefined ||
    searchCap !== undefined ||
    roundCap !== undefined ||
    hole !== undefined ||
    broken !== undefined ||
    listsLate === true
  );
}

/** Whether what the vendor and the clocks say is true, however unusual it is. */
export function isHonest(
  { quirks }: { quirks: ScenarioQuirks },
  account: Pick<SimulatedAccount, "vendor" | "lie" | "quirks">,
): boolean {
  // Without a total, Huawei's response for no data does not verify where a list ends.
  const isSilent =
    account.quirks.keptDays !== undefined || (account.quirks.noTotals === true && account.vendor === "huawei-cec");
  return !isDeceitful(account) && !isSilent && quirks.clockJump === undefined && quirks.wrongDates === undefined;
}

/** Nothing that could go wrong did. */
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

/** So many windows and calls are few enough for a client that splits windows with care. */
const FEW = { windows: 30, leastCap: 8 };

/** Whether nothing is wrong but that searches are capped, and smaller windows stay below the cap. */
export function isReadInParts({ scenario, range, startedAt }: Run, { account, provider, calls }: Ledger): boolean {
  const cap = searchCapOf(account);
  const others = without(account.quirks, "searchCap", "roundCap");
  if (
    cap === null ||
    cap.rows < FEW.leastCap ||
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

/** Whether the least windows, which cannot be split, may end with a full page: their ends are then never verified. */
export function isCrowded(
  { quirks, pageSize }: Pick<SimulatedAccount, "quirks" | "pageSize">,
  calls: readonly Filtered[],
  filterTime: FilterTime,
): boolean {
  if (quirks.unit === "day") return true;
  const times = calls.map((call) => filteredAt(call, filterTime));
  return pageSize > 1 && times.some((at) => times.filter((other) => Math.abs(other - at) <= 3000).length >= pageSize);
}

/** Whether nothing is wrong but that one instant cannot be read, and this call lies far enough from it. @param farMs what may be lost with it. */
export function isBeside(
  scenario: { quirks: ScenarioQuirks; filterTime: FilterTime },
  account: Pick<SimulatedAccount, "vendor" | "lie" | "quirks">,
  call: Filtered,
  brokenAt: number | undefined,
  farMs: number,
): boolean {
  if (brokenAt === undefined || !isHonest(scenario, { ...account, quirks: without(account.quirks, "broken") }))
    return false;
  return Math.abs(filteredAt(call, scenario.filterTime) - brokenAt) > farMs;
}

/** What a reading is of. */
interface Reading {
  provider: Provider;
  account: Pick<SimulatedAccount, "vendor" | "pageSize"> & { pageCap?: number | null };
  calls: readonly Filtered[];
  range: { from: number; to: number };
  now: number;
  filterTime: FilterTime;
}

/** More than a careful reading needs: twice the requests of its windows, as a response for no data is verified by a second one; a token, and a clock put right. */
export function mostRequests({ provider, account, calls, range, now, filterTime }: Reading): number {
  const { windows, grid, partitions } = planHistory(provider, provider.operations.records, range, { now });
  const { vendor, pageSize } = account;
  const size = sizeOf(account);
  const { paging } = provider.operations.records;
  const tellsTotal = paging.style !== "none" && paging.total;
  // As a list that is cut off does: by the page that was asked for, or by the one that came.
  const endsFull = (rows: number) => rows > 0 && [size, pageSize].some((page) => page > 1 && rows % page === 0);
  const requestsOf = (window: Span, times: readonly number[]): number => {
    if (grid === null) return 0;
    const { start, end } = grid.bounds(window);
    const rows = times.filter((at) => at >= start.getTime() && at <= end.getTime());
    const parts = endsFull(rows.length) ? grid.split(window, 2) : [];
    const pages = Math.ceil(rows.length / size) + 1;
    if (parts.length < 2) return pages;
    // A total shows by the first page that the end would be in doubt.
    return (tellsTotal ? 1 : pages) + parts.reduce((sum, part) => sum + requestsOf(part, rows), 0);
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
