import { describe, expect, it } from "vitest";
import { AuthenticationError, MemoryTokenStore } from "call-records";
import { HastyClock, TIMEOUT_MS } from "../hostile/hasty-clock.js";
import {
  daysAgo,
  huaweiAt,
  ManualClock,
  openClient,
  openEmulator,
  openStage,
  rejectionOf,
  requestsFor,
  SECOND,
  type Stage,
} from "./stage.js";
import { idsOf, within } from "./truth.js";

const range = { from: daysAgo(60), to: daysAgo(4) };
const accounts = ["huawei-cec"];
const bearers = ({ emulator }: Stage) =>
  requestsFor(emulator, "queryCallDetailRecord").map(({ headers }) => headers.authorization);
const tokensFetched = ({ emulator }: Stage) => requestsFor(emulator, "tokenByAkSk").length;
/** Few calls, many windows. */
const few = { days: 65, callsPerDay: 2 };
const read = ({ client }: Stage) => client.records({ ...range, accounts }).toArray({ max: 10_000 });
const readAll = ({ emulator }: Stage) => idsOf(within(emulator.truth["huawei-cec"].calls, range.from, range.to));

describe("Huawei's token", () => {
  it("is fetched once for many concurrent calls", async () => {
    const stage = await openStage({ emulator: { ...few, latencyMs: 3 } });
    const keys = { account: "huawei-cec", callId: "1", userId: "2", tenantId: "3", agentId: "4" } as const;
    await Promise.all([
      read(stage),
      read(stage),
      stage.client.activeCalls({ accounts }),
      stage.client.usage({ ...range, accounts }),
      ...Array.from({ length: 10 }, () => stage.client.findCall(keys)),
    ]);
    expect(tokensFetched(stage)).toBe(1);
    expect(new Set(bearers(stage)).size).toBe(1);
    expect(stage.emulator.requests.every(({ refusal }) => refusal === null)).toBe(true);
  });

  it("is replaced one minute before it expires, and not earlier", async () => {
    const stage = await openStage({ emulator: few });
    await read(stage);
    stage.clock.advance(539 * SECOND);
    await read(stage);
    expect(tokensFetched(stage)).toBe(1);
    stage.clock.advance(SECOND);
    await Promise.all([read(stage), read(stage)]);
    expect(tokensFetched(stage)).toBe(2);
    expect(new Set(bearers(stage)).size).toBe(2);
    expect(stage.emulator.requests.every(({ refusal }) => refusal === null)).toBe(true);
  });

  it("with a shorter lifetime than requested is replaced according to the actual lifetime", async () => {
    const stage = await openStage({ emulator: { ...few, tokenTtlSeconds: 100 }, huawei: { tokenTtlSeconds: 3600 } });
    expect(await read(stage).then(idsOf)).toEqual(readAll(stage));
    expect(requestsFor(stage.emulator, "tokenByAkSk")[0]?.headers["x-token-expire"]).toBe("3600");
    // It is replaced when a fifth of its lifetime remains.
    stage.clock.advance(79 * SECOND);
    await read(stage);
    expect(tokensFetched(stage)).toBe(1);
    stage.clock.advance(SECOND);
    await read(stage);
    expect(tokensFetched(stage)).toBe(2);
    expect(stage.emulator.requests.every(({ refusal }) => refusal === null)).toBe(true);
  });

  it("is renewed once after it was revoked, however many requests are refused, and no call is lost", async () => {
    const stage = await openStage({ emulator: { ...few, latencyMs: 3 } });
    await read(stage);
    stage.emulator.revokeTokens();
    stage.emulator.clearRequests();
    expect(await read(stage).then(idsOf)).toEqual(readAll(stage));
    expect(tokensFetched(stage)).toBe(1);
    const refused = requestsFor(stage.emulator, "queryCallDetailRecord").filter(({ refusal }) => refusal === "401");
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused.length).toBeLessThanOrEqual(4);
    expect(stage.events.filter(({ type }) => type === "retry")).toEqual([]);
  });

  it("is renewed if it is revoked while a list is read", async () => {
    const stage = await openStage({ emulator: few });
    const seen: string[] = [];
    for await (const { id } of stage.client.records({ ...range, accounts })) {
      seen.push(id);
      if (seen.length === 10 || seen.length === 60) stage.emulator.revokeTokens();
    }
    expect(seen.sort()).toEqual(readAll(stage));
    expect(tokensFetched(stage)).toBeLessThanOrEqual(3);
  });

  it("causes an AuthenticationError if renewed tokens are refused as well", async () => {
    const { emulator, client } = await openStage({ emulator: few });
    // A gateway that accepts no token: every token is revoked before it is used.
    const store = {
      get: () => Promise.resolve(null),
      set: async () => {
        await Promise.resolve();
        emulator.revokeTokens();
      },
    };
    await client.close();
    const own = openClient({
      providers: [huaweiAt(emulator)],
      clock: new HastyClock(),
      timeoutMs: TIMEOUT_MS,
      tokenStore: store,
    });
    const error = await rejectionOf(own.records(range).toArray({ max: 10_000 }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ vendorCode: "401", operation: "queryCallDetailRecord", retryable: false });
    // The store keeps no token, so each attempt fetches a new one.
    expect(requestsFor(emulator, "tokenByAkSk")).toHaveLength(3);
    expect(requestsFor(emulator, "queryCallDetailRecord")).toHaveLength(3);
  });

  it("is fetched from `authEndpoint` if it is set", async () => {
    const tokens = await openEmulator({ days: 0 });
    const stage = await openStage({
      emulator: { days: 1 },
      huawei: { authEndpoint: tokens.endpoints["huawei-cec"] },
      client: { retry: { attempts: 1 } },
    });
    // The other emulator's token is invalid here. Only the place where it was requested matters.
    await rejectionOf(read(stage));
    expect(new Set(tokens.requests.map(({ operation }) => operation))).toEqual(new Set(["tokenByAkSk"]));
    expect(tokensFetched(stage)).toBe(0);
  });

  it("is shared by clients that share a token store", async () => {
    const emulator = await openEmulator({ days: 65, callsPerDay: 2 });
    const tokenStore = new MemoryTokenStore();
    const clock = new ManualClock();
    const [one, two] = [1, 2].map(() => openClient({ providers: [huaweiAt(emulator)], clock, tokenStore }));
    await one?.records(range).toArray({ max: 10_000 });
    await one?.close();
    await two?.records(range).toArray({ max: 10_000 });
    expect(requestsFor(emulator, "tokenByAkSk")).toHaveLength(1);
  });

  it("is still fetched for other calls if the call that started the fetch is aborted", async () => {
    const stage = await openStage({ emulator: { ...few, latencyMs: 20 } });
    const controller = new AbortController();
    const aborted = rejectionOf(
      stage.client.records({ ...range, accounts, signal: controller.signal }).toArray({ max: 10_000 }),
    );
    const other = read(stage);
    while (tokensFetched(stage) === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await aborted).toMatchObject({ code: "aborted" });
    expect(idsOf(await other)).toEqual(readAll(stage));
    expect(tokensFetched(stage)).toBe(1);
  });
});
