import { describe, expect, it } from "vitest";
import type { CallRecord, Outcome } from "call-records";
import { callMetrics, mergeMetrics } from "call-records/metrics";
import { callRecord } from "call-records/testing";

/**
 * One day of a call centre, counted by hand. Times are UTC. A call: minute of the start, outcome, wait, talk.
 *
 * Tencent, inbound:
 *
 * | | start | outcome | wait | talk | agent |
 * | --- | --- | --- | --- | --- | --- |
 * | t1 | 09:00 | answered | 5 | 60 | 1001 |
 * | t2 | 09:01 | answered | 10 | 120 | 1001 |
 * | t3 | 09:02 | answered | 15 | 180 | 1002 |
 * | t4 | 10:00 | answered | 20 | 240 | 1002 |
 * | t5 | 10:01 | answered | 30 | 30 | 1002 |
 * | t6 | 10:02 | answered | 40 | 90 | 1002 |
 * | t7 | 10:03 | abandoned in the queue (103) | 3 | | |
 * | t8 | 10:04 | abandoned in the queue (103) | 60 | | |
 * | t9 | 10:05 | no-agent | 90 | | |
 * | t10 | 10:06 | out-of-hours | | | |
 * | t11 | 10:07 | abandoned in the menu (102) | | | |
 *
 * Itniotech, inbound: i1 11:00 answered, wait unknown, talk 100, agent 7. i2 11:01 `no-answer`, wait unknown.
 * Huawei, outbound, no agent: h1 12:00 answered, talk 50. h2 12:01 busy.
 * Not counted: an internal call, and a call that is still in progress.
 */
const at = (time: string, seconds = 0) => new Date(Date.parse(`2026-11-03T${time}:00Z`) + seconds * 1000);

interface Row {
  id: string;
  time: string;
  outcome: Outcome;
  wait?: number;
  talk?: number;
  agent?: string;
  code?: string;
}

function inbound(provider: string, { id, time, outcome, wait, talk, agent, code }: Row): CallRecord {
  const answeredAt = outcome === "answered" ? at(time, wait ?? 0) : null;
  return {
    ...callRecord({ direction: "inbound", startedAt: at(time) }),
    provider,
    account: provider,
    id,
    outcome,
    queuedAt: wait === undefined ? null : at(time),
    ringingAt: null,
    answeredAt,
    endedAt: answeredAt === null ? at(time, wait ?? 1) : new Date(answeredAt.getTime() + (talk ?? 0) * 1000),
    waitSeconds: wait ?? null,
    talkSeconds: talk ?? null,
    agent:
      agent === undefined
        ? null
        : { id: agent, name: `Agent ${agent}`, email: null, phone: null, groupId: null, groupName: null },
    hangup: code === undefined ? null : { by: "customer", code, reason: null },
  };
}

const tencent = (
  [
    { id: "t1", time: "09:00", outcome: "answered", wait: 5, talk: 60, agent: "1001" },
    { id: "t2", time: "09:01", outcome: "answered", wait: 10, talk: 120, agent: "1001" },
    { id: "t3", time: "09:02", outcome: "answered", wait: 15, talk: 180, agent: "1002" },
    { id: "t4", time: "10:00", outcome: "answered", wait: 20, talk: 240, agent: "1002" },
    { id: "t5", time: "10:01", outcome: "answered", wait: 30, talk: 30, agent: "1002" },
    { id: "t6", time: "10:02", outcome: "answered", wait: 40, talk: 90, agent: "1002" },
    { id: "t7", time: "10:03", outcome: "abandoned", wait: 3, code: "103" },
    { id: "t8", time: "10:04", outcome: "abandoned", wait: 60, code: "103" },
    { id: "t9", time: "10:05", outcome: "no-agent", wait: 90 },
    { id: "t10", time: "10:06", outcome: "out-of-hours" },
    { id: "t11", time: "10:07", outcome: "abandoned", code: "102" },
  ] satisfies Row[]
).map((row) => inbound("tencent-ccc", row));

const others = [
  inbound("itniotech", { id: "i1", time: "11:00", outcome: "answered", talk: 100, agent: "7" }),
  inbound("itniotech", { id: "i2", time: "11:01", outcome: "no-answer" }),
  {
    ...inbound("huawei-cec", { id: "h1", time: "12:00", outcome: "answered", talk: 50 }),
    direction: "outbound" as const,
  },
  { ...inbound("huawei-cec", { id: "h2", time: "12:01", outcome: "busy" }), direction: "outbound" as const },
];
const uncounted = [
  {
    ...inbound("tencent-ccc", { id: "n1", time: "13:00", outcome: "answered", talk: 900 }),
    direction: "internal" as const,
  },
  {
    ...inbound("tencent-ccc", { id: "n2", time: "13:01", outcome: "answered" }),
    state: "in-progress" as const,
    outcome: null,
  },
];
const day = [...tencent, ...others, ...uncounted];

const options = {
  timeZone: "Asia/Shanghai",
  groupBy: ["account", "agent"],
  serviceLevel: { seconds: 20, of: "handled" },
  shortAbandonSeconds: 5,
} as const;

describe("the golden day", () => {
  it("has these totals", async () => {
    const { totals, excluded, firstCallAt, lastCallAt, proof, provisionalFrom, unprovenParts } = await callMetrics(
      day,
      options,
    );
    // 11 + 2 + 2.
    expect(totals.calls).toBe(15);
    expect(excluded).toEqual({ active: 1, internal: 1 });
    expect(totals.inbound).toEqual({
      // Tencent 11 - 1 out of hours, and Itniotech 2.
      offered: 12,
      // 6 and 1.
      answered: 7,
      // t7 and t8. t11 gave up in the menu.
      abandoned: 2,
      // t7 waited for 3 seconds.
      shortAbandoned: 1,
      // 12 - 7 - 2: t9, t11 and i2.
      missed: 3,
      abandonedInMenu: 1,
      answerRate: 7 / 12,
      // (2 - 1) / (12 - 1).
      abandonRate: 1 / 11,
      // 5 + 10 + 15 + 20 + 30 + 40 = 120, over 6.
      averageSpeedOfAnswer: 20,
      // 3, 5, 10, 15, 20, 30, 40, 60, 90: the sum is 273. Ranks of 9: 4.5 -> 5th, 8.1 -> 9th, 8.55 -> 9th.
      wait: { known: 9, mean: 273 / 9, median: 20, p90: 90, p95: 90, max: 90 },
      // t1 to t4 within 20 seconds, of 6 answered + 2 abandoned - 1 short.
      serviceLevel: 4 / 7,
      outcomes: { answered: 7, "no-answer": 1, abandoned: 3, "no-agent": 1, "out-of-hours": 1 },
    });
    expect(totals.outbound).toEqual({
      attempts: 2,
      connected: 1,
      connectRate: 0.5,
      outcomes: { answered: 1, busy: 1 },
    });
    expect(totals.unclassified).toBe(0);
    // 60 + 120 + 180 + 240 + 30 + 90 = 720, + 100 + 50. Sorted: 30, 50, 60, 90, 100, 120, 180, 240. Ranks of 8: 4th and 7.2 -> 8th.
    expect(totals.talkSeconds).toEqual({ known: 8, total: 870, mean: 870 / 8, median: 90, p90: 240, max: 240 });
    // t1 talks 09:00:05-09:01:05, t2 09:01:10-09:03:10, t3 09:02:15-09:05:15: two from 09:02:15. t4 talks 10:00:20-10:04:20, t5 10:01:30-10:02:00, t6
    // 10:02:40-10:04:10: two again. There are never three.
    expect(totals.peakConcurrent).toEqual({ calls: 2, at: "2026-11-03T09:02:15.000Z" });
    expect(totals.measuredBy).toEqual({
      answerRate: ["itniotech", "tencent-ccc"],
      abandonRate: ["itniotech", "tencent-ccc"],
      abandonedInMenu: ["tencent-ccc"],
      wait: ["itniotech", "tencent-ccc"],
      serviceLevel: ["itniotech", "tencent-ccc"],
      connectRate: ["huawei-cec", "itniotech", "tencent-ccc"],
      talkSeconds: ["huawei-cec", "itniotech", "tencent-ccc"],
      peakConcurrent: ["huawei-cec", "itniotech", "tencent-ccc"],
    });
    expect({ firstCallAt, lastCallAt }).toEqual({
      firstCallAt: "2026-11-03T09:00:00.000Z",
      lastCallAt: "2026-11-03T12:01:00.000Z",
    });
    expect({ proof, provisionalFrom, unprovenParts }).toEqual({ proof: null, provisionalFrom: null, unprovenParts: 1 });
  });

  it("has these groups", async () => {
    const { groups } = await callMetrics(day, options);
    expect(
      groups.map(({ key, names, metrics: { calls, inbound, talkSeconds } }) => [
        key,
        names.agent,
        calls,
        inbound.answered,
        talkSeconds?.total,
      ]),
    ).toEqual([
      // Huawei's list contains no inbound calls.
      [{ account: "huawei-cec", agent: null }, null, 2, null, 50],
      [{ account: "itniotech", agent: "7" }, "Agent 7", 1, 1, 100],
      [{ account: "itniotech", agent: null }, null, 1, 0, 0],
      [{ account: "tencent-ccc", agent: "1001" }, "Agent 1001", 2, 2, 180],
      [{ account: "tencent-ccc", agent: "1002" }, "Agent 1002", 4, 4, 540],
      [{ account: "tencent-ccc", agent: null }, null, 5, 0, 0],
    ]);
  });

  it("has null for what Huawei's list does not contain", async () => {
    const { totals } = await callMetrics(day.filter(({ provider }) => provider === "huawei-cec"));
    expect(totals.inbound).toEqual({
      offered: null,
      answered: null,
      abandoned: null,
      shortAbandoned: null,
      missed: null,
      abandonedInMenu: null,
      answerRate: null,
      abandonRate: null,
      averageSpeedOfAnswer: null,
      wait: null,
      serviceLevel: null,
      outcomes: {},
    });
    expect(totals.outbound.attempts).toBe(2);
  });

  it("has other values with the other options", async () => {
    const offered = await callMetrics(day, { ...options, serviceLevel: { seconds: 20, of: "offered" } });
    // t1 to t4, of 9 calls with a known wait - 1 short.
    expect(offered.totals.inbound.serviceLevel).toBe(4 / 8);
    const excluded = await callMetrics(day, { ...options, menuAbandons: "excluded" });
    expect(excluded.totals.inbound).toMatchObject({
      offered: 11,
      abandoned: 2,
      missed: 2,
      abandonRate: 1 / 10,
      abandonedInMenu: 1,
    });
    const none = await callMetrics(day);
    expect(none.totals.inbound).toMatchObject({ shortAbandoned: 0, abandonRate: 2 / 12, serviceLevel: 4 / 8 });
    expect(none.groups).toEqual([]);
    // 09:00 UTC is 17:00 in Shanghai. 3 November 2026 is a Tuesday.
    const hours = await callMetrics(day, { timeZone: "Asia/Shanghai", groupBy: [["day", "weekday"], ["hour"]] });
    expect(
      hours.groupings.map(({ groups }) => groups.map(({ key, metrics }) => [...Object.values(key), metrics.calls])),
    ).toEqual([
      [["2026-11-03", "2", 15]],
      [
        ["17", 3],
        ["18", 8],
        ["19", 2],
        ["20", 2],
      ],
    ]);
  });

  it("is the sum of its parts, also from JSON", async () => {
    const whole = await callMetrics(day, options);
    const parts = await Promise.all([tencent, others, uncounted].map((calls) => callMetrics(calls, options)));
    const stored = parts.map((part) => JSON.parse(JSON.stringify(part)) as typeof part);
    const merged = stored.reduce(mergeMetrics);
    expect(merged).toEqual({ ...whole, unprovenParts: 3 });
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  });
});
