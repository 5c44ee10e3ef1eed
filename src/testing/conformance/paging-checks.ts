import assert from "node:assert/strict";
import { type CallRecord, NetworkError, type PreparedRequest, type Provider, type RawResponse } from "../../index.js";
import { Random } from "../data/random.js";
import { checkOf, type ConformanceCheck } from "./check.js";
import { readHistory, type Reading, type ReadingOptions, formatRange, type TimeRange } from "./reading.js";
import { explain } from "./reading-advice.js";
import type { ConformanceSubject, ConformanceVendor } from "./subject.js";

const directions = ["inbound", "outbound", "internal", "unknown"] as const;

/** Failures that a retry resolves. */
const retryableFailures: { name: string; response: () => RawResponse }[] = [
  { name: "429", response: () => ({ status: 429, headers: { "retry-after": "1" }, text: "slow down" }) },
  { name: "503", response: () => ({ status: 503, headers: {}, text: "" }) },
  {
    name: "an HTML page",
    response: () => ({
      status: 200,
      headers: { "content-type": "text/html" },
      text: "<!doctype html><title>Sign in to the guest network</title>",
    }),
  },
  {
    name: "an HTML page and 502",
    response: () => ({
      status: 502,
      headers: { "content-type": "text/html" },
      text: "<html><h1>502 Bad Gateway</h1></html>",
    }),
  },
  {
    name: "a reset connection",
    response: () => {
      throw new NetworkError("No response (ECONNRESET).", { vendorCode: "ECONNRESET", retryable: true });
    },
  },
];

/** Checks that a read returns every call once, also after retryable failures. */
export function pagingChecks({ provider: make, vendor: makeVendor }: ConformanceSubject): ConformanceCheck[] {
  const check = checkOf("paging");
  const read = async (options: ReadingOptions = {}) => {
    const [provider, vendor] = [make(), makeVendor()];
    const reading = await readHistory(provider, vendor, vendor, options);
    assertAll(reading, provider, vendor, vendor);
    return { provider, vendor, reading };
  };
  return [
    check("has a vendor with more than one page of settled calls", async () => {
      const [provider, vendor] = [make(), makeVendor()];
      assertVendor(provider, vendor);
      const { observation, error } = await readHistory(provider, vendor, vendor);
      const hasSecondPage = observation.queries.some(({ query: { page } }) => page.offset > 0 || page.cursor !== null);
      assert.ok(
        provider.operations.records.paging.style === "none" || hasSecondPage,
        `no second page was requested${error === null ? ": give the vendor more calls than a page contains, and check the `total` that `responseSchema` returns, which must count the rows of the whole window" : `: ${explain(error, provider)}`}`,
      );
    }),
    check("returns every call once", async () => {
      await read();
    }),
    check("returns every call once, ordered by time", async () => {
      const { reading } = await read({ order: "time" });
      const starts = reading.records.map(({ startedAt }) => startedAt.getTime());
      assert.deepEqual(
        starts,
        [...starts].sort((one, other) => one - other),
        "the calls of a read ordered by time do not ascend by `startedAt`",
      );
    }),
    check("reports the range as complete", async () => {
      const { reading, vendor } = await read();
      assertReport(reading, vendor);
    }),
    check("returns every call once, for ranges split at any instant", async () => {
      const [provider, vendor] = [make(), makeVendor()];
      for (const range of split(vendor)) assertAll(await readHistory(provider, vendor, range), provider, vendor, range);
    }),
    check("returns every call of a requested direction", async () => {
      const { provider, vendor, reading } = await read();
      for (const direction of directions) {
        const { records, error } = await readHistory(provider, vendor, vendor, { direction });
        assert.ok(error === null, `the ${direction} calls could not be read: ${explain(error, provider)}`);
        const expected = reading.records.filter((record) => record.direction === direction).map(({ id }) => id);
        assert.deepEqual(
          records.map(({ id }) => id).sort(),
          expected.sort(),
          `a read of the ${direction} calls returns other calls than the ${direction} ones among all: \`request\` may send \`direction\` to the vendor only where that omits no call`,
        );
      }
    }),
    check("returns every call once when responses are delayed and out of order", async () => {
      const random = new Random(7);
      await read({ network: () => ({ delayMs: () => random.integer(0, 5000) }) });
    }),
    ...retryableFailures.map(({ name, response }) =>
      check(`returns every call once when requests fail with ${name}`, async () => {
        const intercept = failingOnce(response);
        const { provider, reading, vendor } = await read({ network: () => ({ intercept }) });
        assertReport(reading, vendor);
        // The suite cannot make an adapter's own client fail.
        assert.ok(
          provider.send !== undefined || (reading.report?.retries ?? 0) > 0,
          "no request was retried, although requests failed",
        );
      }),
    ),
  ];
}

function assertVendor(
  { settleSeconds, longestCallSeconds }: Provider,
  { now, from, to, calls }: ConformanceVendor,
): void {
  assert.ok(from < to, "`vendor.from` must be before `vendor.to`");
  assert.ok(
    to.getTime() <= now.getTime() - (settleSeconds + longestCallSeconds) * 1000,
    "`vendor.to` must be at least `settleSeconds` and `longestCallSeconds` before `vendor.now`: a later range cannot be verified as complete",
  );
  assert.ok(calls.length > 0, "`vendor.calls` is empty");
  assert.equal(new Set(calls.map(({ id }) => id)).size, calls.length, "`vendor.calls` contains a call twice");
  for (const { id, startedAt } of calls)
    assert.ok(startedAt >= from && startedAt < to, `\`vendor.calls\`: the call ${id} starts outside of [from, to)`);
}

function assertAll(
  { records, error }: Reading,
  provider: Provider,
  { calls }: ConformanceVendor,
  range: TimeRange,
): void {
  assert.ok(error === null, `the range ${formatRange(range)} could not be read: ${explain(error, provider)}`);
  const expected = calls.filter(({ startedAt }) => startedAt >= range.from && startedAt < range.to);
  const missing = expected.filter(({ id }) => !records.some((record) => record.id === id)).map(({ id }) => id);
  assert.deepEqual(
    missing,
    [],
    `calls of the vendor that start in ${formatRange(range)} are missing. Check \`window\` (its end, the time it filters on), \`paging\`, \`total\` and \`partitions\``,
  );
  const ids = records.map(({ id }) => id);
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
  assert.deepEqual(
    repeated,
    [],
    `calls were returned more than once in ${formatRange(range)}: \`key\` must be the same for the same call, and \`id\` must identify one call`,
  );
  const known = new Map(expected.map(({ id, startedAt }) => [id, startedAt.getTime()]));
  const unexpected = records
    .filter(({ id, startedAt }: CallRecord) => known.get(id) !== startedAt.getTime())
    .map(({ id, startedAt }) => ({ id, startedAt }));
  assert.deepEqual(
    unexpected,
    [],
    `the read of ${formatRange(range)} returned calls that the vendor does not have there, or that start at another time: check \`map\` and the time zone`,
  );
}

function assertReport({ report, records, events }: Reading, { from, to }: TimeRange): void {
  assert.ok(report !== null, "there is no report");
  const whole = [{ from: from.toISOString(), to: to.toISOString() }];
  const { status, rows, unreadable, coverage, unsettled, gaps } = report;
  assert.deepEqual(
    { status, rows, unreadable },
    { status: "complete", rows: records.length, unreadable: 0 },
    "the report does not state that every row has been read",
  );
  assert.deepEqual(
    { coverage, unsettled, gaps },
    { coverage: whole, unsettled: [], gaps: [] },
    "the report does not state that the range is complete",
  );
  const changed = events.filter((event) => event.type === "duplicate" && !event.sameContent);
  assert.deepEqual(changed, [], "rows with the same key differ: `key` must be unique for each row");
}

const SPLITS = 4;

/** Splits the range at random instants and at the start of a call. */
function split({ from, to, calls }: ConformanceVendor): TimeRange[] {
  const random = new Random(11);
  const instants = Array.from({ length: SPLITS }, () => random.integer(from.getTime(), to.getTime()));
  const middle = calls[Math.floor(calls.length / 2)];
  if (middle !== undefined) instants.push(middle.startedAt.getTime(), middle.startedAt.getTime() + 1);
  const bounds = [...new Set([from.getTime(), ...instants, to.getTime()])].sort((one, other) => one - other);
  return bounds.slice(1).map((bound, index) => ({ from: new Date(bounds[index] ?? bound), to: new Date(bound) }));
}

/** Makes the first request and a third of the others fail, each once. */
function failingOnce(response: () => RawResponse): (request: PreparedRequest) => RawResponse | null {
  const random = new Random(3);
  const known = new Set<string>();
  return ({ method, url, body }) => {
    const fingerprint = `${method} ${url} ${body ?? ""}`;
    const fails = known.size === 0 || (!known.has(fingerprint) && random.chance(1 / 3));
    known.add(fingerprint);
    return fails ? response() : null;
  };
}
