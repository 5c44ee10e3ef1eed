import { describe, expect, it } from "vitest";
import type { CallRecord, SyncChange } from "call-records";
import { callMetrics, REPORT_GROUPINGS } from "call-records/metrics";
import { sqlDestination } from "call-records/sql";
import { CallSource } from "../../../src/destinations/sql/call-source.js";
import type { TestDatabase } from "./databases.js";
import { queriedCalls } from "./queried-calls.js";

const RANGE = { from: new Date("2026-10-30T00:00:00Z"), to: new Date("2026-10-31T16:00:00Z") };

async function toArray(calls: AsyncIterable<CallRecord>): Promise<CallRecord[]> {
  const all: CallRecord[] = [];
  for await (const call of calls) all.push(call);
  return all;
}

/** Returns a call with only the fields that the tables have. */
function stored(call: CallRecord) {
  const party = (one: CallRecord["caller"]) => one && { number: one.number, e164: one.e164 };
  const { caller, callee, customer, line, agent } = call;
  return {
    ...call,
    raw: undefined,
    legs: [],
    recordings: [],
    caller: party(caller),
    callee: party(callee),
    customer: party(customer),
    line: party(line),
    agent: agent && { id: agent.id, name: agent.name, groupId: agent.groupId, groupName: agent.groupName },
  };
}

/** Registers the tests of the calls that a report reads from a database. */
export function describeCallSource(database: TestDatabase): void {
  describe(`the calls in ${database.name} for a report`, () => {
    const label = 'north "1" \\ 北\u0000';

    it("are those of the range with all their fields, and result in the same metrics", async () => {
      const db = database.connect();
      const destination = sqlDestination(db);
      await destination.migrate();
      const calls = queriedCalls.map((call) => ({ ...call, account: label, provider: "itniotech" }));
      const session = await destination.open({ provider: "itniotech", account: label });
      const changes = calls.map((record): SyncChange => ({ type: "new", record }));
      await session.write(changes, { "a/part": { text: "\u0000" } });
      await session.close();

      const source = await CallSource.open(db);
      const accounts = await source.accounts();
      expect(accounts.filter(({ account }) => account === label)).toEqual([
        { account: label, provider: "itniotech", parts: { "a/part": { text: "\u0000" } } },
      ]);
      const read = await toArray(source.calls(label, RANGE));
      const expected = calls
        .filter(({ startedAt }) => startedAt >= RANGE.from && startedAt < RANGE.to)
        .sort((one, other) => Number(one.startedAt) - Number(other.startedAt) || (one.id < other.id ? -1 : 1));
      expect(expected.length).toBeGreaterThan(10);
      expect(expected.length).toBeLessThan(calls.length);
      expect(read.map(stored)).toEqual(expected.map(stored));
      const options = { timeZone: "Asia/Shanghai", groupBy: REPORT_GROUPINGS };
      expect(await callMetrics(read, options)).toEqual(await callMetrics(expected, options));
    });
  });
}
