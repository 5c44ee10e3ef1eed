import type { Scenario } from "./vendor-under-test.js";

interface Range {
  from: Date;
  to: Date;
}

/** Reads the history with random options. */
export function readingRecords(range: Range): Scenario {
  return {
    name: "records",
    async play(client, handed, random) {
      const stream = client.records({
        ...range,
        order: random.pick(["arrival", "time", "newest"]),
        unreadableRows: random.pick(["throw", "report"]),
        isolateFailures: random.chance(0.5),
      });
      try {
        for await (const record of stream) handed.records.push(record);
      } finally {
        handed.reports.push(...stream.report().accounts);
      }
    },
  };
}

export function countingUsage(range: Range, source: "vendor" | "records"): Scenario {
  return {
    name: `usage by ${source}`,
    async play(client, handed, random) {
      const { summaries, accounts } = await client.usage({
        ...range,
        source,
        by: random.pick(["total", "day"]),
        unreadableRows: random.pick(["throw", "report"]),
        isolateFailures: random.chance(0.5),
      });
      handed.summaries.push(...summaries);
      handed.reports.push(...accounts);
    },
  };
}

export const listingActiveCalls: Scenario = {
  name: "activeCalls",
  async play(client, handed, random) {
    const { calls, accounts } = await client.activeCalls({
      unreadableRows: random.pick(["throw", "report"]),
      isolateFailures: random.chance(0.5),
    });
    handed.records.push(...calls);
    handed.reports.push(...accounts);
  },
};

export function findingCall(account: string, keys: Record<string, unknown>): Scenario {
  return {
    name: "findCall",
    async play(client, handed, random) {
      const found = await client.findCall({ account, ...keys, unreadableRows: random.pick(["throw", "report"]) });
      if (found !== null) handed.found.push(found);
    },
  };
}
