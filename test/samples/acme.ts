import { z } from "zod";
import type { Provider } from "call-records";
import { CONTRACT_VERSION, defineList, defineProvider, type MappedCall, wireId, wireOptional, wireText } from "call-records/adapter";

const DAY = 86_400_000;
const PAGE = 50;
const KEY = "acme-key-01";

/** Returns 1234 calls, fifty a day, of which the first is thirty days before `now`. */
export function acmeCalls(now: number) {
  return Array.from({ length: 1234 }, (_, index) => ({ sid: `CA${index}`, start: new Date(now - 30 * DAY + index * (DAY / 50)).toISOString(), to: "+16505550100" }));
}

/**
 * A vendor that differs from the built-in ones. It uses GET requests, with a token in the query. A window consists of whole UTC days with an exclusive end,
 * lasts a week at most, and filters on the start. Each page contains a link to the next one, and no total.
 */
export class AcmeVendor {
  /** The number of tokens issued so far. Only the last token is valid. */
  tokensGiven = 0;

  constructor(private readonly calls: ReturnType<typeof acmeCalls>) {}

  response({ pathname, searchParams }: URL): { status: number; body: unknown } {
    if (pathname === "/token") {
      if (searchParams.get("key") !== KEY) return { status: 403, body: { error: "no such key" } };
      this.tokensGiven += 1;
      return { status: 200, body: { access: `token-number-${this.tokensGiven}`, seconds: 3600 } };
    }
    if (searchParams.get("token") !== `token-number-${this.tokensGiven}`) return { status: 401, body: { error: "who are you" } };
    const { from = "", before = "", at = "0" } = Object.fromEntries(searchParams);
    if (!(Date.parse(before) - Date.parse(from) <= 7 * DAY)) return { status: 400, body: { error: "a week at the most" } };
    const matching = this.calls.filter(({ start }) => start.slice(0, 10) >= from && start.slice(0, 10) < before);
    const end = Number(at) + PAGE;
    const next = end < matching.length ? `/calls?from=${from}&before=${before}&at=${end}` : null;
    return { status: 200, body: { calls: matching.slice(Number(at), end), next } };
  }
}

const rowSchema = z.object({ sid: wireId, start: z.iso.datetime().transform((text) => new Date(text)), to: wireText });
const utcDay = (instant: Date) => instant.toISOString().slice(0, 10);

function mapCall({ sid, start, to }: z.output<typeof rowSchema>): MappedCall {
  return {
    application: null, id: sid, relatedIds: {}, direction: "outbound", kind: "unknown", state: "ended", outcome: "unknown", caller: null,
    callee: { number: to, e164: to, displayNumber: null, protectedId: null, region: null },
    agent: null, queue: null, startedAt: start, queuedAt: null, ringingAt: null, answeredAt: null, endedAt: null, ringSeconds: null, talkSeconds: null, ivrSeconds: null,
    hangup: null, legs: [], transferred: null, menuKeys: [], satisfaction: null, cost: null, recordings: [], tags: [], remark: null, customData: null, updatedAt: null,
  };
}

/** Returns the adapter for `AcmeVendor`. */
export function acme(endpoint: string): Provider<"acme", { to?: string | undefined }, never> {
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
        request: () => ({ method: "GET", url: `${endpoint}/token`, query: { key: KEY } }),
        responseSchema: z.object({ access: wireText, seconds: z.number() }).transform(({ access, seconds }) => ({ token: access, ttlSeconds: seconds })),
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
        responseSchema: z.object({ calls: wireOptional(z.array(z.unknown())), next: wireText }).transform(({ calls: rows, next }) => ({ rows: rows ?? [], total: null, next })),
        row: rowSchema,
        key: ({ sid }) => sid,
        map: mapCall,
      }),
    },
    classify: ({ status }) => (status === 401 ? { type: "reauthenticate", vendorCode: "HTTP 401", message: null } : null),
    secrets: () => [KEY],
  });
}
