import assert from "node:assert/strict";
import type { Provider } from "../../index.js";
import { type ListOperation, type PageQuery, type PagingRule, type WindowRule, Zone } from "../../adapter.js";
import { Random } from "../data/random.js";
import type { ConformanceCheck } from "./check.js";
import { readHistory, formatRange, type TimeRange } from "./reading.js";
import { explain } from "./reading-advice.js";
import type { ConformanceSubject, ConformanceVendor } from "./subject.js";

/** Checks that the vendor accepts the requests for any range. */
export function limitsChecks({ provider: make, vendor: makeVendor }: ConformanceSubject): ConformanceCheck[] {
  const check = (
    name: string,
    choose: (provider: Provider, vendor: ConformanceVendor) => TimeRange[],
  ): ConformanceCheck => ({
    group: "limits",
    name,
    async run() {
      const provider = make();
      const vendor = makeVendor();
      for (const range of choose(provider, vendor)) await assertLegal(provider, vendor, range);
    },
  });
  return [
    check("sends requests within the vendor's limits, for ranges at the limits", edgeRanges),
    check("sends requests within the vendor's limits, for random ranges", randomRanges),
  ];
}

async function assertLegal(provider: Provider, vendor: ConformanceVendor, range: TimeRange): Promise<void> {
  const { error, observation } = await readHistory(provider, vendor, range);
  assert.ok(error === null, `the range ${formatRange(range)} could not be read: ${explain(error, provider)}`);
  const { records } = provider.operations;
  for (const { query, at } of observation.queries) {
    if (records.window !== null) assertWindow(query.window, records.window, provider.timeZone);
    assertRetained(query.window, records, at);
    assertPage(query.page, records.paging);
  }
}

function assertWindow(window: PageQuery<object>["window"], rule: WindowRule, timeZone: string): void {
  assert.ok(window !== null, "a list with a window was requested without one");
  const { start, end } = window;
  const what = `the window ${formatRange({ from: start, to: end })}`;
  assert.ok(start.getTime() < end.getTime(), `${what} does not end after it begins`);
  assert.ok(
    end.getTime() - start.getTime() <= rule.maxSeconds * 1000,
    `${what} is longer than \`maxSeconds\`, ${rule.maxSeconds}`,
  );
  const zone = new Zone(rule.timeZone ?? timeZone);
  const isWhole = (instant: number) =>
    rule.unit === "day" ? zone.startOfDay(instant) === instant : instant % (rule.unit === "s" ? 1000 : 1) === 0;
  const lastOfDay = rule.unit === "day" && rule.end === "inclusive" ? 1000 : 0;
  assert.ok(
    isWhole(start.getTime()) && isWhole(end.getTime() + lastOfDay),
    `${what} is not in whole units of "${rule.unit}"`,
  );
}

function assertRetained(
  window: PageQuery<object>["window"],
  { retentionSeconds }: ListOperation<object>,
  now: number,
): void {
  if (window === null || retentionSeconds === null) return;
  assert.ok(
    window.start.getTime() >= now - retentionSeconds * 1000,
    `a requested window begins at ${window.start.toISOString()}, before the vendor's retention limit`,
  );
}

function assertPage({ number, offset, cursor, size }: PageQuery<object>["page"], rule: PagingRule): void {
  if (rule.style === "none") return;
  assert.ok(size >= 1 && size <= rule.size, `a page of ${size} rows was requested; the maximum is ${rule.size}`);
  if (rule.style === "page")
    assert.equal(number, rule.first + offset / size, `page ${number} was requested for the rows from ${offset}`);
  if (rule.style !== "cursor") assert.equal(cursor, null, "a page was requested by cursor from a list without cursors");
}

const DAY_MS = 86_400_000;
/** The age of the oldest range that is read from a vendor with unlimited retention. */
const UNLIMITED_RETENTION_MS = 3650 * DAY_MS;

/** Returns ranges around the shortest and the longest window, the settled time and the retention limit. */
function edgeRanges(provider: Provider, vendor: ConformanceVendor): TimeRange[] {
  const { window, retentionSeconds } = provider.operations.records;
  const now = vendor.now.getTime();
  const longest = (window?.maxSeconds ?? 0) * 1000;
  const settled = now - provider.settleSeconds * 1000;
  const kept = now - (retentionSeconds === null ? UNLIMITED_RETENTION_MS : retentionSeconds * 1000);
  const edges: (readonly [number, number])[] = [
    [now - 1, now],
    [now - longest, now],
    [now - longest - 1, now - 1],
    [settled - longest - 1, settled],
    [settled - 2 * longest - 1, settled + 1],
    [vendor.from.getTime(), vendor.from.getTime() + 1],
    [kept, kept + 1],
    [kept, kept + longest],
    [kept - DAY_MS, kept + DAY_MS],
  ];
  return edges.map(([from, to]) => ({ from: new Date(from), to: new Date(Math.min(to, now)) }));
}

const RANDOM_RANGES = 8;

function randomRanges(provider: Provider, vendor: ConformanceVendor): TimeRange[] {
  const { window, retentionSeconds } = provider.operations.records;
  const random = new Random(20_261_120);
  const now = vendor.now.getTime();
  const longest = (window?.maxSeconds ?? 0) * 1000;
  const depthMs = Math.min(3 * longest, (retentionSeconds ?? Number.POSITIVE_INFINITY) * 1000);
  return Array.from({ length: RANDOM_RANGES }, () => {
    const from = now - Math.ceil(random.next() * depthMs) - 1;
    // Short ranges are as likely as long ones.
    const length = Math.ceil((now - from) * random.next() ** 4);
    return { from: new Date(from), to: new Date(Math.min(now, from + Math.max(1, length))) };
  });
}
