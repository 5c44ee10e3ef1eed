import { createHmac } from "node:crypto";
import { z } from "zod";
import type { PreparedRequest, Provider, RawResponse } from "call-records";
import {
  CONTRACT_VERSION,
  defineList,
  defineProvider,
  type HttpResponse,
  type ListOperation,
  type MappedCall,
  type FailureClassification,
  wireCount,
  wireId,
  wireSeconds,
  wireText,
  wireUnixSeconds,
} from "call-records/adapter";
import type { ConformanceSubject, ConformanceVendor } from "call-records/testing";

export const SECRET = "a-secret-that-signs-everything";
export const ENDPOINT = "https://api.sound.example";
const DAY = 86_400;
const NOW = Date.UTC(2026, 10, 20, 12) / 1000;
const LISTS = ["in", "out"];
const PAGE = 20;

const rowSchema = z.object({
  id: wireId,
  list: wireText,
  at: wireUnixSeconds.pipe(z.date("expected a start")),
  number: wireText,
  seconds: wireSeconds,
  ending: wireText,
});
export type Row = z.output<typeof rowSchema>;
export interface Filters {
  number?: string | undefined;
}

export function mapRow({ id, list, at, number, seconds, ending }: Row): MappedCall {
  return {
    application: null,
    id,
    relatedIds: {},
    direction: list === "in" ? "inbound" : list === "out" ? "outbound" : "unknown",
    kind: "unknown",
    state: "ended",
    outcome: ending === "1" ? "answered" : "unknown",
    caller: null,
    callee: { number, e164: null, displayNumber: null, protectedId: null, region: null },
    agent: null,
    queue: null,
    startedAt: at,
    queuedAt: null,
    ringingAt: null,
    answeredAt: null,
    endedAt: null,
    ringSeconds: null,
    talkSeconds: seconds,
    ivrSeconds: null,
    hangup: null,
    legs: [],
    transferred: null,
    menuKeys: [],
    satisfaction: null,
    cost: null,
    recordings: [],
    tags: [],
    remark: null,
    customData: null,
    updatedAt: null,
  };
}

export const responseSchema = z
  .object({ total: wireCount, rows: z.array(z.unknown()) })
  .transform(({ total, rows }) => ({ rows, total, next: null }));

export const records: ListOperation<MappedCall, Row, Filters> = {
  name: "calls",
  filters: z.strictObject({ number: z.string().optional() }),
  partitions: () => LISTS.map((list) => ({ application: null, parameters: { list } })),
  window: { unit: "s", maxSeconds: DAY, end: "exclusive", filtersOn: "start" },
  retentionSeconds: 30 * DAY,
  paging: { style: "page", first: 1, size: PAGE, total: true },
  request: ({ partition, window, page }) => ({
    method: "POST",
    url: `${ENDPOINT}/calls`,
    body: {
      list: partition.parameters.list ?? "",
      from: (window?.start.getTime() ?? 0) / 1000,
      to: (window?.end.getTime() ?? 0) / 1000,
      page: page.number,
      size: page.size,
    },
  }),
  responseSchema: responseSchema,
  row: rowSchema,
  key: ({ id }) => id,
  map: mapRow,
};

export function classify({ body }: HttpResponse): FailureClassification | null {
  const code = z.object({ code: z.string() }).safeParse(body).data?.code;
  const classification = { vendorCode: code ?? null, message: null };
  if (code === undefined || code === "ok") return null;
  if (code === "slow down") return { type: "throttle", ...classification };
  return { type: "fail", error: code === "denied" ? "permission" : "request", ...classification };
}

function sign(body: string | null, at: number): string {
  return createHmac("sha256", SECRET)
    .update(`${body ?? ""}${at}`)
    .digest("hex");
}

/** The parts of the sound adapter to replace. */
export interface Parts {
  records?: Partial<ListOperation<MappedCall, Row, Filters>>;
  provider?: Partial<Provider<"sound", Filters, never>>;
}

/** An adapter without faults. */
export function declareSound(parts: Parts = {}): Provider<"sound", Filters, never> {
  return {
    contract: CONTRACT_VERSION,
    id: "sound",
    account: "sound",
    timeZone: "UTC",
    rate: { requestsPerSecond: 10, concurrency: 3 },
    longestCallSeconds: 3600,
    settleSeconds: DAY,
    auth: {
      authorize: (request, { now }) => ({
        ...request,
        headers: {
          ...request.headers,
          "X-Time": String(now.getTime()),
          "X-Signature": sign(request.body, now.getTime()),
        },
      }),
    },
    operations: { records: defineList({ ...records, ...parts.records }) },
    classify,
    secrets: () => [SECRET],
    ...parts.provider,
  };
}

const calls = LISTS.flatMap((list, place) =>
  Array.from({ length: 150 }, (_, index) => ({
    id: 9_000_000 + place * 1000 + index,
    list,
    at: NOW - 5 * DAY + index * 1700 + place,
    number: "555",
    seconds: 61,
    ending: "1",
  })),
);

const refuse = (code: string): RawResponse => ({ status: 200, headers: {}, text: JSON.stringify({ code }) });
const bodySchema = z.object({ list: z.string(), from: z.int(), to: z.int(), page: z.int(), size: z.int() });

function respond({ url, headers, body }: PreparedRequest, now: Date): RawResponse {
  if (headers["X-Signature"] !== sign(body, Number(headers["X-Time"]))) return refuse("denied");
  const asked = bodySchema.safeParse(JSON.parse(body ?? "null")).data;
  if (new URL(url).pathname !== "/calls" || asked === undefined) return refuse("no such thing");
  const { list, from, to, page, size } = asked;
  const isLegal = from < to && to - from <= DAY && from >= now.getTime() / 1000 - 30 * DAY && page >= 1 && size <= PAGE;
  if (!isLegal) return refuse("beyond the limits");
  const found = calls.filter((call) => call.list === list && call.at >= from && call.at < to);
  return {
    status: 200,
    headers: {},
    text: JSON.stringify({ code: "ok", total: found.length, rows: found.slice((page - 1) * size, page * size) }),
  };
}

export function soundVendor(): ConformanceVendor {
  return {
    now: new Date(NOW * 1000),
    from: new Date((NOW - 5 * DAY) * 1000),
    to: new Date((NOW - 2 * DAY) * 1000 + 500),
    calls: calls.map(({ id, at }) => ({ id: String(id), startedAt: new Date(at * 1000) })),
    respond,
  };
}

/** The subject of the sound adapter. */
export function soundSubject(provider: () => Provider = () => defineProvider(declareSound())): ConformanceSubject {
  return {
    provider,
    vendor: soundVendor,
    examples: {
      records: {
        response: { code: "ok", total: 2, rows: calls.slice(0, 2) },
        empty: { code: "ok", total: 0, rows: [] },
        codes: ["ending", "list"],
      },
    },
    failures: [
      { response: { status: 200, body: { code: "denied" } }, classification: { type: "fail", error: "permission" } },
      { response: { status: 200, body: { code: "slow down" } }, classification: { type: "throttle" } },
      {
        response: { status: 200, body: { code: "beyond the limits" } },
        classification: { type: "fail", error: "request" },
      },
      { response: { status: 503 }, classification: { type: "retry" } },
    ],
  };
}
