import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { CallRecordsClient, type Provider } from "../../index.js";
import { findCallOperationsOf, type Partition } from "../../adapter.js";
import { assertMatches } from "./assert-matches.js";
import { checkOf, type ConformanceCheck } from "./check.js";
import { identitySchema, limitsSchema, listSchema } from "./declaration-schemas.js";
import { listsOf } from "./lists.js";
import { selectedLookups } from "./lookup-examples.js";
import { sampleQueries } from "./sample-queries.js";
import { readHistory } from "./reading.js";
import type { ConformanceSubject } from "./subject.js";

/** Checks that an adapter's declarations are complete, deterministic and constant. */
export function contractChecks({
  provider: make,
  vendor: makeVendor,
  examples,
}: ConformanceSubject): ConformanceCheck[] {
  const check = checkOf("contract");
  return [
    check("declares its contract version, id and account", () => {
      assertMatches(identitySchema, make(), "a declaration is invalid");
    }),
    check("declares a time zone, a rate and durations", () => {
      assertMatches(limitsSchema, make(), "a declaration is invalid");
    }),
    check("declares valid windows, retention and paging", () => {
      for (const { name, list } of listsOf(make())) {
        assertMatches(listSchema, list, `a declaration of \`${name}\` is invalid`);
        assert.ok(
          list.window !== null || name === "activeCalls",
          `\`${name}.window\` must not be null: the list is read by time`,
        );
      }
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
      for (const { keys } of findCallOperationsOf(provider.operations)) {
        assert.ok(Object.keys(keys.shape).length > 0, "`findCall.keys` must declare at least one key");
        assert.ok(!keys.strict().safeParse({}).success, "`findCall.keys` must reject {}: at least one key is required");
      }
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
      const provider = make();
      const { usage, activeCalls, discoverPartitions, recordings, pushes } = provider.operations;
      assert.ok(usage === undefined || examples.usage !== undefined, "the provider has `usage`: give `examples.usage`");
      assert.ok(
        typeof activeCalls !== "object" || examples.activeCalls !== undefined,
        "the provider has a list of `activeCalls`: give `examples.activeCalls`",
      );
      const selected = selectedLookups(provider, examples).map(({ lookup }) => lookup);
      for (const operation of findCallOperationsOf(provider.operations))
        assert.ok(
          operation.type === "search" || selected.includes(operation),
          `the provider looks calls up by ${Object.keys(operation.keys.shape).join(", ")}: give an example in \`examples.findCall\` whose keys select this lookup, and no earlier one`,
        );
      assert.ok(
        discoverPartitions === undefined || examples.applications !== undefined,
        "the provider has `discoverPartitions`: give `examples.applications`",
      );
      assert.ok(
        recordings === undefined || examples.recordings !== undefined,
        "the provider has `recordings`: give `examples.recordings`",
      );
      assert.ok(
        pushes === undefined || examples.pushes !== undefined,
        "the provider has `pushes`: give `examples.pushes`",
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
