import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { CallRecordsClient, CONTRACT_VERSION, defineList, defineProvider, type MappedCall, type Provider, wireId, wireOptional, wireText } from "call-records";
import { DAY, HOUR, ManualClock, NOW } from "./stage.js";

/**
 * A vendor unlike the three: GET, whole days of UTC with an exclusive end, filtered on the start, pages by a link that the last one gave, no
 * total, a token in the query.
 */
const PAGE = 50;
const calls = Array.from({ length: 1234 }, (_, index) => ({ sid: `CA${index}`, start: new Date(NOW - 30 * DAY + index * (DAY / 50)).toISOString(), to: "+16505550100" }));
const received: URL[] = [];
let tokensGiven = 0;
let endpoint = "";

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", endpoint);
  received.push(url);
  const answer = (status: number, body: unknown) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  if (url.pathname === "/token") {
    tokensGiven += 1;
    answer(200, { access: `token-number-${tokensGiven}`, seconds: 3600 });
    return;
  }
  if (url.searchParams.get("token") !== `token-number-${tokensGiven}`) {
    answer(401, { error: "who are you" });
    return;
  }
  const { from, before, at } = Object.fromEntries(url.searchParams);
  const matching = calls.filter(({ start }) => start.slice(0, 10) >= (from ?? "") && start.slice(0, 10) < (before ?? ""));
  const offset = Number(at ?? 0);
  const next = offset + PAGE < matching.length ? `/calls?from=${from}&before=${before}&at=${offset + PAGE}` : null;
  answer(200, { calls: matching.slice(offset, offset + PAGE), next });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  endpoint = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const rowSchema = z.object({ sid: wireId, start: z.iso.datetime().transform((text) => new Date(text)), to: wireText });
const utcDay = (instant: Date) => instant.toISOString().slice(0, 10);

function mapCall({ sid, start, to }: z.output<typeof rowSchema>): MappedCall {
  return {
    application: null, id: sid, relatedIds: {}, direction: "outbound", kind: "unknown", state: "ended", outcome: "unknown", caller: null,
    callee: { number: to, e164: to, displayNumber: null, protectedId: null, region: null },
    agent: null, startedAt: start, queuedAt: null, ringingAt: null, answeredAt: null, endedAt: null, ringSeconds: null, talkSeconds: null, ivrSeconds: null,
    hangup: null, legs: [], recordings: [], tags: [], remark: null, customData: null, updatedAt: null,
  };
}

function acme(): Provider<"acme", { to?: string | undefined }, never> {
  return defineProvider({
    contract: CONTRACT_VERSION,
    id: "acme",
    account: "acme",
    timeZone: "UTC",
    rate: { requestsPerSecond: 1000, concurrency: 3 },
    longestCallSeconds: 3600,
    settleSeconds: 86_400,
    auth: {
      token: {
        key: endpoint,
        request: () => ({ method: "GET", url: `${endpoint}/token` }),
        answer: z.object({ access: wireText, seconds: z.number() }).transform(({ access, seconds }) => ({ token: access, ttlSeconds: seconds })),
        defaultTtlSeconds: 60,
      },
      authorize(request, { token }) {
        const url = new URL(request.url);
        url.searchParams.set("token", token ?? "");
        return { ...request, url: url.href };
      },
    },
    operations: {
      records: defineList({
        name: "calls",
        filters: z.strictObject({ to: z.string().optional() }),
        partitions: () => [{ application: null, parameters: {} }],
        window: { unit: "day", timeZone: "UTC", maxSeconds: 7 * 86_400, end: "exclusive", filtersOn: "start" },
        retentionSeconds: null,
        paging: { style: "cursor", size: PAGE, total: false },
        request: ({ window, page }) =>
          page.cursor !== null || window === null
            ? { method: "GET", url: `${endpoint}${page.cursor ?? ""}` }
            : { method: "GET", url: `${endpoint}/calls`, query: { from: utcDay(window.start), before: utcDay(window.end) } },
        answer: z.object({ calls: wireOptional(z.array(z.unknown())), next: wireText }).transform(({ calls: rows, next }) => ({ rows: rows ?? [], total: null, next })),
        row: rowSchema,
        key: ({ sid }) => sid,
        map: mapCall,
      }),
    },
    judge: ({ status }) => (status === 401 ? { type: "reauthenticate", vendorCode: "HTTP 401", message: null } : null),
    secrets: () => [],
  });
}

describe("a vendor of the user's own", () => {
  it("with GET, links from page to page, whole days and a token in the query needs no change to the contract", async () => {
    const client = new CallRecordsClient({ providers: [acme()], clock: new ManualClock() });
    const [from, to] = [new Date(NOW - 29.4 * DAY), new Date(NOW - 7.3 * DAY)];
    const expected = calls.filter(({ start }) => new Date(start) >= from && new Date(start) < to).map(({ sid }) => sid);
    expect(expected.length).toBeGreaterThan(1000);

    const stream = client.records({ from, to, order: "time" });
    expect((await stream.toArray({ max: 2000 })).map(({ id }) => id)).toEqual(expected);
    expect(stream.report().accounts).toMatchObject([{ status: "complete", coverage: [{ from: from.toISOString(), to: to.toISOString() }], gaps: [] }]);

    const windows = new Set(received.filter(({ pathname, searchParams }) => pathname === "/calls" && !searchParams.has("at")).map(({ searchParams }) => `${searchParams.get("from")} ${searchParams.get("before")}`));
    // 22 days in windows of at most seven, each of whole days, each beginning where the last one ends.
    expect([...windows].sort()).toEqual(["2026-10-21 2026-10-28", "2026-10-28 2026-11-04", "2026-11-04 2026-11-11", "2026-11-11 2026-11-13"]);
    expect(tokensGiven).toBe(1);
    await client.close();
  });

  it("has its token renewed, its usage counted, and its abilities told like any other's", async () => {
    const client = new CallRecordsClient({ providers: [acme()], clock: new ManualClock() });
    const [from, to] = [new Date(NOW - 20 * DAY), new Date(NOW - 20 * DAY + HOUR)];
    await client.usage({ from, to });
    tokensGiven += 1;
    const { summaries } = await client.usage({ from, to });
    expect(summaries).toMatchObject([{ account: "acme", source: "records", complete: true, calls: { total: calls.filter(({ start }) => new Date(start) >= from && new Date(start) < to).length } }]);
    expect(client.capabilities("acme")).toMatchObject({ usage: { sources: ["records"] }, activeCalls: null, findCall: null, records: { filters: ["to"], paging: { style: "cursor" } } });
    await client.close();
  });
});
