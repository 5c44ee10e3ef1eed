import { describe, expect, it } from "vitest";
import { AuthenticationError, ConfigurationError, RequestError, ResponseError } from "call-records";
import {
  DAY,
  daysAgo,
  detailsOf,
  huaweiAt,
  itniotechAt,
  ManualClock,
  NOW,
  openClient,
  openEmulator,
  openStage,
  rejectionOf,
  requestsFor,
  tencentAt,
} from "./stage.js";
import { idsOf, within } from "./truth.js";

const range = { from: daysAgo(20), to: daysAgo(4) };
const iso = (instant: number) => new Date(instant).toISOString();

describe("wrong credentials", () => {
  it.each([
    ["tencent-ccc", { tencent: { secretKey: "wrong-secret-key" } }, 1, "AuthFailure.SignatureFailure"],
    ["tencent-ccc", { tencent: { secretId: "AKIDwrong" } }, 1, "AuthFailure.SecretIdNotFound"],
    ["huawei-cec", { huawei: { appSecret: "wrong-app-secret" } }, 1, "HTTP 401"],
    ["huawei-cec", { huawei: { appKey: "wrong-app-key" } }, 1, "HTTP 401"],
    ["itniotech", { itniotech: { apiSecret: "wrong-api-secret" } }, 1, "-1"],
    ["itniotech", { itniotech: { apiKey: "wrong-api-key" } }, 1, "-1"],
  ])(
    "of %s (%o) cause an AuthenticationError after %i request, whatever the range",
    async (account, options, requests, vendorCode) => {
      const { emulator, client } = await openStage({ emulator: { days: 150, callsPerDay: 5 }, ...options });
      for (const attempt of [
        () => client.records({ from: daysAgo(140), to: daysAgo(4), accounts: [account] }).toArray({ max: 10_000 }),
        () => client.usage({ ...range, accounts: [account] }),
        ...(account === "itniotech" ? [] : [() => client.activeCalls({ accounts: [account] })]),
      ]) {
        emulator.clearRequests();
        const error = await rejectionOf(attempt());
        expect(error).toBeInstanceOf(AuthenticationError);
        expect(error).toMatchObject({ account, provider: account, vendorCode, retryable: false });
        expect(error.message).toContain("credentials");
        expect(emulator.requests).toHaveLength(requests);
      }
    },
  );

  it("of one account fail the whole call by default, with the error of that account", async () => {
    const { client } = await openStage({
      emulator: { days: 25, callsPerDay: 30 },
      itniotech: { apiSecret: "wrong-api-secret" },
    });
    const stream = client.records(range);
    const error = await rejectionOf(stream.toArray({ max: 10_000 }));
    expect(error).toMatchObject({ code: "authentication", account: "itniotech" });
    const [tencent, huawei, itniotech] = stream.report().accounts;
    expect(itniotech).toMatchObject({
      status: "failed",
      error: { code: "authentication" },
      coverage: [],
      gaps: [{ reason: "stopped" }],
    });
    expect([tencent?.status, huawei?.status]).not.toContain("failed");
  });

  it.each(["arrival", "time", "newest"] as const)(
    "of one account fail only that account if failures are isolated, in %s order",
    async (order) => {
      const { emulator, client } = await openStage({
        emulator: { days: 25, callsPerDay: 30 },
        huawei: { appSecret: "wrong-app-secret" },
      });
      const stream = client.records({ ...range, order, isolateFailures: true });
      const records = await stream.toArray({ max: 10_000 });
      const { truth } = emulator;
      expect(idsOf(records)).toEqual(
        idsOf([
          ...within(truth["tencent-ccc"].calls, range.from, range.to),
          ...within(truth.itniotech.calls, range.from, range.to),
        ]),
      );
      const [tencent, huawei, itniotech] = stream.report().accounts;
      expect([tencent?.status, huawei?.status, itniotech?.status]).toEqual(["complete", "failed", "complete"]);
      expect(huawei).toMatchObject({
        error: { code: "authentication", account: "huawei-cec" },
        coverage: [],
        gaps: [{ from: range.from.toISOString(), to: range.to.toISOString(), reason: "stopped" }],
      });
      expect(JSON.stringify(huawei)).not.toContain("wrong-app-secret");
      expect(requestsFor(emulator, "tokenByAkSk")).toHaveLength(1);
    },
  );

  it("of one account do not affect the usage and active calls of the others if failures are isolated", async () => {
    const { client } = await openStage({
      emulator: { days: 25, callsPerDay: 30 },
      huawei: { appSecret: "wrong-app-secret" },
    });
    const usage = await client.usage({ ...range, isolateFailures: true });
    expect(usage.accounts.map(({ status }) => status)).toEqual(["complete", "failed", "complete"]);
    const complete = usage.summaries.map(({ account, complete: whole }) => [account, whole] as const);
    expect(complete.filter(([account]) => account === "huawei-cec").every(([, whole]) => !whole)).toBe(true);
    expect(complete.some(([account, whole]) => account === "itniotech" && whole)).toBe(true);
    const active = await client.activeCalls({ isolateFailures: true });
    expect(active.accounts.map(({ status }) => status)).toEqual(["complete", "failed", "unsupported"]);
    expect(active.calls).toHaveLength(8);
  });
});

describe("a window that fails", () => {
  const bad = { startedAt: daysAgo(10), row: { startTime: "soon" } };

  it("becomes a gap if failures are isolated, and every call outside it is returned", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 25, callsPerDay: 20, calls: { "huawei-cec": [bad] } },
      huawei: { longestCallSeconds: 0 },
    });
    const stream = client.records({ ...range, accounts: ["huawei-cec"], isolateFailures: true });
    const records = await stream.toArray({ max: 10_000 });
    const [report] = stream.report().accounts;
    expect(report).toMatchObject({ status: "partial", error: { code: "response" } });
    expect(report?.gaps.map(({ reason }) => reason)).toEqual(["failed"]);
    const [gap] = report?.gaps ?? [];
    expect(Date.parse(gap?.from ?? "")).toBeLessThanOrEqual(Number(bad.startedAt));
    expect(Date.parse(gap?.to ?? "")).toBeGreaterThan(Number(bad.startedAt));
    expect(Date.parse(gap?.to ?? "") - Date.parse(gap?.from ?? "")).toBeLessThanOrEqual(7 * DAY);
    const found = new Set(records.map(({ id }) => id));
    for (const { from, to } of report?.coverage ?? []) {
      expect(
        within(emulator.truth["huawei-cec"].calls, new Date(from), new Date(to)).filter(({ id }) => !found.has(id)),
      ).toEqual([]);
    }
    expect(report?.coverage.length).toBeGreaterThan(0);
  });

  it("fails the call by default, with the window in the error", async () => {
    const { client } = await openStage({ emulator: { days: 25, callsPerDay: 5, calls: { "huawei-cec": [bad] } } });
    const error = await rejectionOf(client.records({ ...range, accounts: ["huawei-cec"] }).toArray({ max: 10_000 }));
    expect(error).toBeInstanceOf(ResponseError);
    const { window } = detailsOf(error);
    expect(Date.parse(window?.from ?? "")).toBeLessThanOrEqual(Number(bad.startedAt));
    expect(Date.parse(window?.to ?? "")).toBeGreaterThanOrEqual(Number(bad.startedAt));
  });
});

describe("two accounts of one vendor", () => {
  it("are independent: each has its own calls, requests and report", async () => {
    const north = await openEmulator({ days: 25, callsPerDay: 20, seed: 1 });
    const south = await openEmulator({ days: 25, callsPerDay: 20, seed: 2 });
    const providers = [
      huaweiAt(north, { account: "north" }),
      huaweiAt(south, { account: "south" }),
      itniotechAt(north, { account: "itnio-north" }),
      itniotechAt(south, { account: "itnio-south" }),
    ];
    const client = openClient({ providers, clock: new ManualClock() });
    const stream = client.records(range);
    const records = await stream.toArray({ max: 10_000 });
    const ids = (label: string) =>
      records
        .filter(({ account }) => account === label)
        .map(({ id }) => id)
        .sort();
    expect(ids("north")).toEqual(idsOf(within(north.truth["huawei-cec"].calls, range.from, range.to)));
    expect(ids("south")).toEqual(idsOf(within(south.truth["huawei-cec"].calls, range.from, range.to)));
    expect(ids("itnio-south")).toEqual(idsOf(within(south.truth.itniotech.calls, range.from, range.to)));
    expect(stream.report().accounts.map(({ account, provider, status }) => [account, provider, status])).toEqual([
      ["north", "huawei-cec", "complete"],
      ["south", "huawei-cec", "complete"],
      ["itnio-north", "itniotech", "complete"],
      ["itnio-south", "itniotech", "complete"],
    ]);
  });

  it("with the same credentials return each call once per label, and share a token", async () => {
    const emulator = await openEmulator({ days: 25, callsPerDay: 10 });
    const client = openClient({
      providers: [huaweiAt(emulator, { account: "one" }), huaweiAt(emulator, { account: "two" })],
      clock: new ManualClock(),
    });
    const records = await client.records(range).toArray({ max: 10_000 });
    const own = idsOf(within(emulator.truth["huawei-cec"].calls, range.from, range.to));
    for (const label of ["one", "two"])
      expect(
        records
          .filter(({ account }) => account === label)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(own);
    expect(requestsFor(emulator, "tokenByAkSk")).toHaveLength(1);
  });

  it("both receive the vendor's filters", async () => {
    const emulator = await openEmulator({ days: 25, callsPerDay: 10 });
    const client = openClient({
      providers: [huaweiAt(emulator, { account: "one" }), huaweiAt(emulator, { account: "two" })],
      clock: new ManualClock(),
    });
    const records = await client
      .records({ ...range, providerFilters: { "huawei-cec": { taskType: "2" } } })
      .toArray({ max: 10_000 });
    expect(new Set(records.map(({ account, kind }) => `${account} ${kind}`))).toEqual(
      new Set(["one anonymous", "two anonymous"]),
    );
  });

  it("require different labels", async () => {
    const emulator = await openEmulator({ days: 0 });
    const make = () => openClient({ providers: [tencentAt(emulator), tencentAt(emulator)] });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow("`tencent-ccc`");
    expect(emulator.requests).toEqual([]);
  });
});

describe("an application that the account does not have", () => {
  it("causes a RequestError with the vendor's code, the request id and the window", async () => {
    const { client } = await openStage({
      emulator: { days: 25, callsPerDay: 2 },
      tencent: { sdkAppIds: [1_400_000_000, 999] },
    });
    const error = await rejectionOf(client.records({ ...range, accounts: ["tencent-ccc"] }).toArray({ max: 10_000 }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({
      vendorCode: "InvalidParameterValue.InstanceNotExist",
      operation: "DescribeTelCdr",
      retryable: false,
    });
    expect(detailsOf(error).requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Date.parse(detailsOf(error).window?.to ?? iso(NOW))).toBeLessThan(NOW);
  });
});
