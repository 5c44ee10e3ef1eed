import { describe, expect, it } from "vitest";
import { type CallRecord, RequestError, ResponseError, RetentionError } from "call-records";
import { DAY, daysAgo, HOUR, NOW, openStage, rejectionOf, thrownBy } from "./stage.js";
import { idsOf, within } from "./truth.js";

const iso = (instant: Date | number) => new Date(instant).toISOString();
const MINUTE = 60_000;

describe("the report", () => {
  it("is available before, during and after reading, as plain JSON", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 30, callsPerDay: 60 } });
    const [from, to] = [daysAgo(25), daysAgo(4)];
    const stream = client.records({ from, to });
    expect(
      stream.report().accounts.map(({ account, status, requests, rows, coverage, gaps }) => ({
        account,
        status,
        requests,
        rows,
        coverage,
        gaps,
      })),
    ).toEqual(
      ["tencent-ccc", "huawei-cec", "itniotech"].map((account) => ({
        account,
        status: "partial",
        requests: 0,
        rows: 0,
        coverage: [],
        gaps: [],
      })),
    );
    let during = stream.report();
    let read = 0;
    for await (const batch of stream.batches(100)) {
      read += batch.length;
      if (during.accounts.every(({ requests }) => requests === 0)) during = stream.report();
    }
    expect(during.accounts.some(({ status, requests }) => status === "partial" && requests > 0)).toBe(true);
    const { accounts } = stream.report();
    expect(JSON.parse(JSON.stringify(accounts))).toEqual(accounts);
    expect(accounts.reduce((sum, { rows }) => sum + rows, 0)).toBe(read);
    for (const account of accounts) {
      expect(account).toMatchObject({
        status: "complete",
        retries: 0,
        throttles: 0,
        waitedMs: 0,
        unreadable: 0,
        coverage: [{ from: iso(from), to: iso(to) }],
        unsettled: [],
        gaps: [],
      });
      expect(account).not.toHaveProperty("error");
    }
    for (const { provider, requests } of accounts)
      expect(requests).toBe(emulator.requests.filter(({ vendor }) => vendor === provider).length);
  });

  it("never covers calls that have not been delivered yet", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 30, callsPerDay: 60 } });
    const [from, to] = [daysAgo(25), daysAgo(4)];
    for (const order of ["arrival", "time", "newest"] as const) {
      const stream = client.records({ from, to, order, accounts: ["huawei-cec"] });
      const seen = new Set<string>();
      for await (const record of stream) {
        seen.add(record.id);
        if (seen.size % 40 !== 0) continue;
        for (const covered of stream.report().accounts[0]?.coverage ?? []) {
          const inside = within(emulator.truth["huawei-cec"].calls, new Date(covered.from), new Date(covered.to));
          expect(inside.filter(({ id }) => !seen.has(id))).toEqual([]);
        }
      }
    }
  });

  it("states ranges younger than the settle time plus the longest call as unsettled, and older ones as covered", async () => {
    const { client } = await openStage({
      emulator: { days: 12, callsPerDay: 20 },
      tencent: { settleSeconds: 3600, longestCallSeconds: 7200 },
    });
    const stream = client.records({ from: daysAgo(10), to: daysAgo(0) });
    await stream.toArray({ max: 10_000 });
    const [tencent, huawei, itniotech] = stream.report().accounts;
    expect(tencent).toMatchObject({
      status: "complete",
      coverage: [{ from: iso(daysAgo(10)), to: iso(NOW - 3 * HOUR) }],
      unsettled: [{ from: iso(NOW - 3 * HOUR), to: iso(NOW) }],
      gaps: [],
    });
    for (const account of [huawei, itniotech]) {
      expect(account).toMatchObject({
        status: "complete",
        coverage: [{ from: iso(daysAgo(10)), to: iso(NOW - 60 * HOUR) }],
        unsettled: [{ from: iso(NOW - 60 * HOUR), to: iso(NOW) }],
        gaps: [],
      });
    }
  });

  it("states a future range as unsettled, without requests that a vendor refuses", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 1 } });
    const stream = client.records({ from: new Date(NOW + DAY), to: new Date(NOW + 2 * DAY) });
    expect(await stream.toArray({ max: 1 })).toEqual([]);
    for (const account of stream.report().accounts)
      expect(account).toMatchObject({
        coverage: [],
        unsettled: [{ from: iso(NOW + DAY), to: iso(NOW + 2 * DAY) }],
        gaps: [],
      });
    expect(emulator.requests.every(({ refusal }) => refusal === null)).toBe(true);
  });
});

describe("a range at the limit of Tencent's retention", () => {
  it("that begins before it causes a RetentionError with the earliest date, before any request", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 1 } });
    const error = thrownBy(() => client.records({ from: new Date(NOW - 180 * DAY - 1), to: daysAgo(100) }));
    expect(error).toBeInstanceOf(RetentionError);
    expect(error).toMatchObject({ code: "retention", account: "tencent-ccc" });
    expect(error.message).toContain(iso(NOW - 180 * DAY));
    expect(error.message).toContain("`from`");
    expect(await rejectionOf(client.usage({ from: daysAgo(181), to: daysAgo(100), source: "records" }))).toBeInstanceOf(
      RetentionError,
    );
    expect(emulator.requests).toEqual([]);
  });

  it("that begins before it can be read from other accounts", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 200, callsPerDay: 2 } });
    const [from, to] = [daysAgo(195), daysAgo(150)];
    const records = await client.records({ from, to, accounts: ["huawei-cec", "itniotech"] }).toArray({ max: 10_000 });
    expect(idsOf(records)).toEqual(
      idsOf([
        ...within(emulator.truth["huawei-cec"].calls, from, to),
        ...within(emulator.truth.itniotech.calls, from, to),
      ]),
    );
  });

  it.each([0, 1, 1000, 1001, 29_999, 30_000, 200_000, 300_000, HOUR])(
    "that begins %i ms after it causes no refusal, and its first call is returned or lies in a retention gap",
    async (later) => {
      // The engine's margin, plus the unit by which windows overlap.
      const margin = 5 * MINUTE + 1000;
      const from = new Date(NOW - 180 * DAY + later);
      const startedAt = new Date(NOW - 180 * DAY + later + 10_000);
      const { emulator, client } = await openStage({
        emulator: { callsPerDay: 0, calls: { "tencent-ccc": [{ startedAt }] } },
      });
      const stream = client.records({ from, to: daysAgo(170), accounts: ["tencent-ccc"] });
      const records = await stream.toArray({ max: 10 });
      expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);

      const [gap, ...others] = stream.report().accounts[0]?.gaps ?? [];
      expect(others).toEqual([]);
      if (gap !== undefined) {
        expect(gap).toMatchObject({ from: iso(from), reason: "retention" });
        expect(Date.parse(gap.to) - (NOW - 180 * DAY)).toBeLessThanOrEqual(margin);
      }
      const isInGap = gap !== undefined && startedAt.getTime() < Date.parse(gap.to);
      expect(records.length === 1 || isInGap).toBe(true);
      if (later >= margin) expect([records.length, gap]).toEqual([1, undefined]);
    },
  );

  it("that is clipped has a retention gap, and the rest is read and verified", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 200, callsPerDay: 5 } });
    const [from, to] = [daysAgo(190), daysAgo(150)];
    const stream = client.records({ from, to, beforeRetention: "clip", accounts: ["tencent-ccc"] });
    const records = await stream.toArray({ max: 10_000 });
    const [report] = stream.report().accounts;
    const [gap] = report?.gaps ?? [];
    expect(report).toMatchObject({ status: "partial", gaps: [{ from: iso(from), reason: "retention" }] });
    expect(Date.parse(gap?.to ?? "") - (NOW - 180 * DAY)).toBeLessThanOrEqual(10 * MINUTE);
    expect(report?.coverage).toEqual([{ from: gap?.to, to: iso(to) }]);
    const kept = within(emulator.truth["tencent-ccc"].calls, new Date(gap?.to ?? ""), to);
    expect(idsOf(records)).toEqual(idsOf(kept));
    expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
  });

  it("that is clipped and ends before it is one gap, and nothing is sent", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 1 } });
    const stream = client.records({
      from: daysAgo(300),
      to: daysAgo(200),
      beforeRetention: "clip",
      accounts: ["tencent-ccc"],
    });
    expect(await stream.toArray({ max: 1 })).toEqual([]);
    expect(stream.report().accounts).toMatchObject([
      {
        status: "partial",
        coverage: [],
        gaps: [{ from: iso(daysAgo(300)), to: iso(daysAgo(200)), reason: "retention" }],
      },
    ]);
    expect(emulator.requests).toEqual([]);
  });
});

describe("a row that cannot be read", () => {
  const bad = { startedAt: daysAgo(10), row: { callStartTime: "long ago" } };
  const range = { from: daysAgo(12), to: daysAgo(8), accounts: ["itniotech"] };

  it("causes a ResponseError that names its key and field", async () => {
    const { client } = await openStage({ emulator: { callsPerDay: 0, calls: { itniotech: [bad] } } });
    const error = await rejectionOf(client.records(range).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("900000001");
    expect(error.message).toContain("`callStartTime`");
    expect(error.message).not.toContain("long ago");
  });

  it("is counted, with a warning and a gap, if unreadable rows are reported, and the other rows are returned", async () => {
    const { client, events } = await openStage({
      emulator: { callsPerDay: 0, calls: { itniotech: [bad, { startedAt: daysAgo(9) }] } },
    });
    const stream = client.records({ ...range, unreadableRows: "report" });
    const records: CallRecord[] = await stream.toArray({ max: 10 });
    expect(records).toHaveLength(1);
    expect(stream.report().accounts).toMatchObject([
      { status: "partial", unreadable: 1, rows: 1, coverage: [], gaps: [{ reason: "unreadable" }] },
    ]);
    expect(events.filter(({ type }) => type === "warning")).toMatchObject([
      { key: "900000001", field: "callStartTime", account: "itniotech" },
    ]);
  });

  it("does not count towards `max`, which is checked separately", async () => {
    const { client } = await openStage({
      emulator: { callsPerDay: 0, calls: { itniotech: [bad, { startedAt: daysAgo(9) }] } },
    });
    expect(await client.records({ ...range, unreadableRows: "report" }).toArray({ max: 1 })).toHaveLength(1);
    expect(await rejectionOf(client.records(range).toArray({ max: 0 }))).toBeInstanceOf(RequestError);
  });
});
