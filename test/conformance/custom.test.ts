import { z } from "zod";
import { CONTRACT_VERSION, defineList, defineProvider, type MappedCall, type PreparedRequest, type Provider, type RawAnswer, wireId, wireOptional, wireText } from "call-records";
import { type ConformanceVendor, testProvider } from "call-records/testing";
import { declareSound, soundSubject, soundVendor } from "./sound.js";

/**
 * A vendor unlike the three: GET, whole days of UTC with an exclusive end, filtered on the start, pages by a link that the last one gave, no
 * total, a token in the query.
 */
const ENDPOINT = "https://api.acme.example";
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 20, 4);
const PAGE = 50;
const calls = Array.from({ length: 1234 }, (_, index) => ({ sid: `CA${index}`, start: new Date(NOW - 30 * DAY + index * (DAY / 50)).toISOString(), to: "+16505550100" }));

const answer = (status: number, body: unknown): RawAnswer => ({ status, headers: {}, text: JSON.stringify(body) });
const utcDay = (instant: Date) => instant.toISOString().slice(0, 10);

function acmeVendor(): ConformanceVendor {
  let tokensGiven = 0;
  const [from, to] = [new Date(NOW - 20.4 * DAY), new Date(NOW - 11.3 * DAY)];
  return {
    now: new Date(NOW),
    from,
    to,
    calls: calls.map(({ sid, start }) => ({ id: sid, startedAt: new Date(start) })).filter(({ startedAt }) => startedAt >= from && startedAt < to),
    answer(request: PreparedRequest) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/token") {
        tokensGiven += 1;
        return answer(200, { access: `token-number-${tokensGiven}`, seconds: 3600 });
      }
      if (searchParams.get("token") !== `token-number-${tokensGiven}`) return answer(401, { error: "who are you" });
      const { from: first = "", before = "", at = "0" } = Object.fromEntries(searchParams);
      if (!(Date.parse(before) - Date.parse(first) <= 7 * DAY)) return answer(400, { error: "a week at the most" });
      const matching = calls.filter(({ start }) => start.slice(0, 10) >= first && start.slice(0, 10) < before);
      const end = Number(at) + PAGE;
      return answer(200, { calls: matching.slice(Number(at), end), next: end < matching.length ? `/calls?from=${first}&before=${before}&at=${end}` : null });
    },
  };
}

const rowSchema = z.object({ sid: wireId, start: z.iso.datetime().transform((text) => new Date(text)), to: wireText });

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
        key: ENDPOINT,
        request: () => ({ method: "GET", url: `${ENDPOINT}/token` }),
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
            ? { method: "GET", url: `${ENDPOINT}${page.cursor ?? ""}` }
            : { method: "GET", url: `${ENDPOINT}/calls`, query: { from: utcDay(window.start), before: utcDay(window.end) } },
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

await testProvider({
  provider: acme,
  vendor: acmeVendor,
  examples: { records: { answer: { calls: calls.slice(0, 2), next: "/calls?from=2026-10-21&before=2026-10-28&at=50" }, empty: { calls: null, next: "" } } },
  failures: [
    { answer: { status: 401, body: { error: "who are you" } }, verdict: { type: "reauthenticate" } },
    { answer: { status: 400, body: { error: "a week at the most" } }, verdict: { type: "fail", error: "vendor" } },
    { answer: { status: 429 }, verdict: { type: "throttle" } },
  ],
});

/** An adapter that brings its own way to send, and needs no proof. */
const vendor = soundVendor();
await testProvider(
  soundSubject(() => {
    const { auth, ...declared } = declareSound();
    return defineProvider({
      ...declared,
      auth: null,
      account: "sound, through a client of its own",
      async send({ method, url, headers = {}, body }) {
        const request = { method, url, headers, body: JSON.stringify(body) };
        const proven = (await auth?.authorize(request, { now: vendor.now, token: null })) ?? request;
        const { status, headers: answered, text } = await vendor.answer(proven, vendor.now);
        return { status, headers: answered, body: JSON.parse(text) as unknown };
      },
    });
  }),
);
