import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { CallRecordsClient, type Provider } from "../../index.js";
import { CONTRACT_VERSION, type PagingRule, type Partition, type WindowRule, Zone } from "../../adapter.js";
import type { ConformanceCheck } from "./check.js";
import { listsOf } from "./lists.js";
import { sampleQueries } from "./sample-queries.js";
import { readHistory } from "./reading.js";
import type { ConformanceSubject } from "./subject.js";

/** Checks that an adapter's declarations are complete, deterministic and constant. */
export function contractChecks({
  provider: make,
  vendor: makeVendor,
  examples,
}: ConformanceSubject): ConformanceCheck[] {
  const check = (name: string, run: ConformanceCheck["run"]): ConformanceCheck => ({ group: "contract", name, run });
  return [
    check("declares its contract version, id and account", () => {
      const { contract, id, account } = make();
      assert.equal(
        contract,
        CONTRACT_VERSION,
        `\`contract\` must be ${CONTRACT_VERSION}: declare \`contract: CONTRACT_VERSION\``,
      );
      assertName(id, "`id`");
      assertName(account, "`account`");
    }),
    check("declares a time zone, a rate and durations", () => {
      const { timeZone, rate, longestCallSeconds, settleSeconds } = make();
      assertZone(timeZone, "`timeZone`");
      assert.ok(
        Number.isFinite(rate.requestsPerSecond) && rate.requestsPerSecond > 0,
        "`rate.requestsPerSecond` must be a finite number above 0",
      );
      assert.ok(
        Number.isSafeInteger(rate.concurrency) && rate.concurrency > 0,
        "`rate.concurrency` must be a whole number above 0",
      );
      for (const [name, seconds] of Object.entries({ longestCallSeconds, settleSeconds })) {
        assert.ok(
          Number.isFinite(seconds) && seconds >= 0,
          `\`${name}\` must be a finite number of seconds, at least 0`,
        );
      }
    }),
    check("declares valid windows, retention and paging", () => {
      for (const { name, list } of listsOf(make())) {
        assertName(list.name, `the name of \`${name}\``);
        if (list.window !== null) assertWindow(list.window, name);
        const { retentionSeconds, suspectedRetentionSeconds = null } = list;
        for (const [field, seconds] of Object.entries({ retentionSeconds, suspectedRetentionSeconds })) {
          assert.ok(
            seconds === null || (Number.isFinite(seconds) && seconds > 0),
            `\`${name}.${field}\` must be null or a number of seconds above 0`,
          );
        }
        assertPaging(list.paging, name);
      }
      const { records, usage } = make().operations;
      assert.ok(records.window !== null, "`records.window` must not be null: history is read by time");
      assert.ok(usage?.window !== null, "`usage.window` must not be null: usage is counted by time");
    }),
    check("rejects unknown filters and keys", () => {
      const provider = make();
      for (const { name, list } of listsOf(provider)) {
        assert.ok(list.filters.safeParse({}).success, `\`${name}.filters\` must accept {}: every filter is optional`);
        const unknownFilter = list.filters.strict().safeParse({ "no such filter": 1 });
        assert.ok(
          !unknownFilter.success,
          `\`${name}.filters\` must reject a filter that the vendor does not have: create it with \`z.strictObject\``,
        );
      }
      const { findCall } = provider.operations;
      if (findCall === undefined) return;
      assert.ok(Object.keys(findCall.keys.shape).length > 0, "`findCall.keys` must declare at least one key");
      assert.ok(
        !findCall.keys.strict().safeParse({}).success,
        "`findCall.keys` must reject {}: at least one key is required",
      );
    }),
    check("declares at least one partition, and each once", () => {
      for (const { name, list } of listsOf(make())) assertPartitions(list.partitions({}), list.partitions({}), name);
    }),
    check("is accepted by the client, which returns its capabilities as plain data", async () => {
      const client = new CallRecordsClient({ providers: [make()] });
      const capabilities = client.capabilities();
      assert.deepEqual(
        JSON.parse(JSON.stringify(capabilities)),
        capabilities,
        "limits, partitions and rates must be plain data",
      );
      await client.close();
    }),
    check("has an example for each of its operations", () => {
      const { usage, activeCalls, findCall } = make().operations;
      assert.ok(usage === undefined || examples.usage !== undefined, "the provider has `usage`: give `examples.usage`");
      assert.ok(
        typeof activeCalls !== "object" || examples.activeCalls !== undefined,
        "the provider has a list of `activeCalls`: give `examples.activeCalls`",
      );
      assert.ok(
        findCall?.type !== "lookup" || examples.findCall !== undefined,
        "the provider looks calls up: give `examples.findCall`",
      );
    }),
    check("is the same each time it is created", async () => {
      const first = declarationsOf(make());
      // The delay reveals dependencies on the time.
      await delay(5);
      assert.deepEqual(
        declarationsOf(make()),
        first,
        "two providers created with the same arguments must have the same declarations and requests: do not share state between them, and do not use random values",
      );
    }),
    check("does not change during a read", async () => {
      const provider = make();
      const before = declarationsOf(provider);
      const vendor = makeVendor();
      await readHistory(provider, vendor, vendor);
      assert.deepEqual(
        declarationsOf(provider),
        before,
        "a provider is data and pure functions: a read must not change its declarations or its requests",
      );
    }),
  ];
}

/** Returns a provider's declarations, and its requests for the sample queries. */
function declarationsOf(provider: Provider): unknown {
  const { contract, id, account, timeZone, rate, longestCallSeconds, settleSeconds, operations } = provider;
  const lists = listsOf(provider).map(({ list }) => ({
    name: list.name,
    window: list.window,
    retentionSeconds: list.retentionSeconds,
    paging: list.paging,
    filters: Object.keys(list.filters.shape),
    partitions: list.partitions({}),
    requests: sampleQueries(list, provider.timeZone).map(({ query }) => list.request(query)),
  }));
  const activeCalls = typeof operations.activeCalls === "object" ? "list" : operations.activeCalls;
  // A copy, because later changes must not affect the comparison.
  return structuredClone({
    contract,
    id,
    account,
    timeZone,
    rate,
    longestCallSeconds,
    settleSeconds,
    secrets: provider.secrets(),
    activeCalls,
    lists,
  });
}

function assertName(name: string, what: string): void {
  assert.ok(typeof name === "string" && name.trim() !== "", `${what} must be text that is not blank`);
}

function assertZone(zone: string, what: string): void {
  assert.doesNotThrow(() => new Zone(zone), `${what} must be an IANA time zone, such as Asia/Shanghai`);
}

function assertWindow({ unit, timeZone, maxSeconds, end, filtersOn }: WindowRule, name: string): void {
  const least = { ms: 0.001, s: 1, day: 86_400 }[unit];
  assert.ok(["ms", "s", "day"].includes(unit), `\`${name}.window.unit\` must be "ms", "s" or "day"`);
  assert.ok(
    ["inclusive", "exclusive", "unknown"].includes(end),
    `\`${name}.window.end\` must be "inclusive", "exclusive" or "unknown"`,
  );
  assert.ok(["start", "unknown"].includes(filtersOn), `\`${name}.window.filtersOn\` must be "start" or "unknown"`);
  // With an unknown end, consecutive windows overlap by a unit, so a window must be longer than that to advance.
  const needed = end === "unknown" ? 2 * least : end === "inclusive" && unit === "day" ? least - 1 : least;
  assert.ok(
    Number.isFinite(maxSeconds) && maxSeconds >= needed,
    `\`${name}.window.maxSeconds\` must be a finite number of at least ${needed}: this is the shortest window in units of "${unit}" with an end that is "${end}"`,
  );
  if (timeZone !== undefined) assertZone(timeZone, `\`${name}.window.timeZone\``);
}

function assertPaging(paging: PagingRule, name: string): void {
  assert.ok(
    ["page", "offset", "cursor", "none"].includes(paging.style),
    `\`${name}.paging.style\` must be "page", "offset", "cursor" or "none"`,
  );
  if (paging.style === "none") return;
  assert.ok(
    Number.isSafeInteger(paging.size) && paging.size > 0,
    `\`${name}.paging.size\` must be a whole number above 0`,
  );
  if (paging.style === "page") assert.ok([0, 1].includes(paging.first), `\`${name}.paging.first\` must be 0 or 1`);
}

function assertPartitions(partitions: Partition[], again: Partition[], name: string): void {
  assert.ok(
    partitions.length > 0,
    `\`${name}.partitions({})\` is empty: a list that is not divided has one partition, \`{ application: null, parameters: {} }\``,
  );
  assert.deepEqual(again, partitions, `\`${name}.partitions\` must return the same partitions each time`);
  const prints = partitions.map(({ application, parameters }) =>
    JSON.stringify([application, Object.entries(parameters).sort()]),
  );
  assert.equal(
    new Set(prints).size,
    prints.length,
    `\`${name}.partitions({})\` contains a partition twice: it would be read twice`,
  );
}
