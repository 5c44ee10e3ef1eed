/**
 * A complete adapter for Twilio's list of calls in one file, which uses the public contract only. docs/adapters.md explains it.
 * "Documented" refers to https://www.twilio.com/docs/voice/api/call-resource and Twilio's pages on responses, errors and paging.
 */
import { z } from "zod";
import type { CallCost, CallState, CommonOptions, Direction, Outcome, Party, Provider } from "call-records";
import {
  absentFields,
  CONTRACT_VERSION,
  commonOptions,
  credentialSchema,
  defineList,
  defineProvider,
  e164Of,
  type HttpResponse,
  classifyStatus,
  type MappedCall,
  type Page,
  type PageQuery,
  parseOptions,
  overrideRetention,
  type RowTimes,
  type FailureClassification,
  type WindowRule,
  overrideWindow,
  wireCallSeconds,
  wireCallTime,
  wireId,
  wireMapped,
  wireObject,
  wireRows,
  wireText,
  wireTextOrNull,
  wireTime,
} from "call-records/adapter";

// Limits. Documented: `StartTime>=` and `StartTime<=` filter on the start, by days of UTC: "on or after" and "on or before midnight". Whether this
// includes the last day is not documented; `unknown` is correct in both cases. Assumed: windows may have any length. Short windows suit a list without a total.
const WINDOW: WindowRule = { unit: "day", timeZone: "UTC", maxSeconds: 8 * 86_400, end: "unknown", filtersOn: "start" };
// Documented: a page has at most 1,000 rows and a link to the next page. There is no total.
const PAGING = { style: "cursor", size: 1000, total: false } as const;
// Documented: too many concurrent requests are refused (20429). Assumed: these limits are low enough.
const RATE = { requestsPerSecond: 5, concurrency: 4 };
// Assumed: no call is longer than a day, the longest limit that a call can have. Two days later its record no longer changes.
const LONGEST_CALL_SECONDS = 86_400;
const SETTLE_SECONDS = 2 * 86_400;
// Not documented: how long calls remain listed. Messages remain for 13 months.
const RETENTION = { retentionSeconds: null, suspectedRetentionSeconds: 395 * 86_400 };
const ACTIVE = ["queued", "ringing", "in-progress"] as const;

/** The options of {@link twilio}. */
export interface TwilioOptions extends CommonOptions {
  accountSid: string;
  authToken: string;
  /** Format of `StartTime`: `"date"` (default), as documented, or `"date-time"`, as Twilio's own libraries send it. `client.probe` measures its effect. */
  startTime?: "date" | "date-time" | undefined;
}
const optionsSchema = z.strictObject({
  ...commonOptions({
    account: "twilio",
    rate: RATE,
    timeZone: "UTC",
    longestCallSeconds: LONGEST_CALL_SECONDS,
    settleSeconds: SETTLE_SECONDS,
  }),
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/i, "must be AC and 32 hexadecimal digits"),
  authToken: credentialSchema,
  startTime: z.enum(["date", "date-time"]).default("date"),
});

/** The filters of the list, with Twilio's names. */
export type TwilioFilters = Partial<Record<"To" | "From" | "Status" | "ParentCallSid", string | undefined>>;
const text = z.string().min(1).optional();
const filtersSchema = z.strictObject({ To: text, From: text, Status: text, ParentCallSid: text });

// Response. Documented: the link is a path with a query. Only its query is used, so a link cannot send the credentials to another host.
const envelope = wireObject({ calls: wireRows, next_page_uri: wireText });
const responseSchema = wireMapped(
  envelope,
  "a link with a query",
  ({ calls, next_page_uri: link }): Page | typeof z.INVALID => {
    const next = link === null ? null : /\?(.+)$/s.exec(link)?.[1];
    return next === undefined ? z.INVALID : { rows: calls, total: null, next };
  },
  ["next_page_uri"],
);

// Row. Documented: times are in RFC 2822. A duration is text, and empty unless the call was completed. `start_time` is empty until the call is dialled.
// Assumed: the list filters a call without `start_time` by its creation.
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)$/;
const time = wireTime("a time such as Tue, 31 Aug 2010 20:36:28 +0000", (text) =>
  RFC_2822.test(text) ? Date.parse(text) : null,
);
const fields = wireObject({
  sid: wireId,
  parent_call_sid: wireText,
  phone_number_sid: wireText,
  from: wireText,
  to: wireText,
  status: wireText,
  direction: wireText,
  date_created: time,
  date_updated: wireCallTime(time),
  start_time: time,
  end_time: wireCallTime(time),
  duration: wireCallSeconds,
  price: wireText,
  price_unit: wireText,
});
const row = wireMapped(
  fields,
  "a time, or one in date_created",
  (read) => {
    const startedAt = read.start_time ?? read.date_created;
    return startedAt === null ? z.INVALID : { ...read, startedAt };
  },
  ["start_time"],
);
type Row = z.output<typeof row>;
const times: RowTimes = {
  start: ["start_time", "date_created"],
  others: ["end_time"],
  written: ["date_updated"],
  talkSeconds: ["duration"],
};

// Codes. Documented, also those of SIP trunks, which are named from Twilio's side: terminating calls leave the company.
const directions: ReadonlyMap<string | null, Direction> = new Map([
  ["inbound", "inbound"],
  ["outbound-api", "outbound"],
  ["outbound-dial", "outbound"],
  ["trunking-originating", "inbound"],
  ["trunking-terminating", "outbound"],
]);
const activeStates: ReadonlyMap<string | null, CallState> = new Map(ACTIVE.map((status) => [status, status]));
const outcomes: ReadonlyMap<string | null, Outcome> = new Map([
  ["completed", "answered"],
  ["busy", "busy"],
  ["failed", "failed"],
  ["no-answer", "no-answer"],
  ["canceled", "canceled"],
]);

// Map. Documented: `<Dial>` creates a separate call, which names the first call as its parent.
// Assumed: `duration`, the length of the call, is the talk time.
function map(row: Row): MappedCall {
  const state = activeStates.get(row.status) ?? "ended";
  const relatedIds = Object.entries({ parent_call_sid: row.parent_call_sid, phone_number_sid: row.phone_number_sid });
  return {
    ...absentFields(),
    id: row.sid,
    relatedIds: Object.fromEntries(relatedIds.flatMap(([name, id]) => (id === null ? [] : [[name, id] as const]))),
    direction: directions.get(row.direction) ?? "unknown",
    kind: "unknown",
    state,
    outcome: state === "ended" ? (outcomes.get(row.status) ?? "unknown") : null,
    caller: partyOf(row.from),
    callee: partyOf(row.to),
    startedAt: row.startedAt,
    endedAt: row.end_time,
    talkSeconds: row.duration,
    hangup: state === "ended" && row.status !== null ? { by: "unknown", code: row.status, reason: null } : null,
    cost: costOf(row),
    updatedAt: row.date_updated,
  };
}
/** Returns the price. Documented: a charge is negative, its unit is an ISO 4217 code in any case, and a price may be set after the end of the call. */
function costOf({ price, price_unit: unit }: Row): CallCost | null {
  if (price === null || unit === null || !/^-?\d+(?:\.\d+)?$/.test(price) || !/^[a-z]{3}$/i.test(unit)) return null;
  const isRefund = !price.startsWith("-") && Number(price) > 0;
  return { amount: isRefund ? `-${price}` : price.replace("-", ""), currency: unit.toUpperCase() };
}
/** Returns a party. Documented: numbers are E.164; `client:name` and `sip:…` are not, and remain unchanged. */
function partyOf(number: string | null): Party | null {
  return number === null
    ? null
    : { number, e164: e164Of(number), displayNumber: null, protectedId: null, region: null };
}

// Classify. Documented: a refusal has a code and a message. Its HTTP status determines the action, and a header contains the id of the request.
const refusal = wireObject({ code: wireTextOrNull, message: wireTextOrNull });
function classify(response: HttpResponse): FailureClassification | null {
  const classification = classifyStatus(response);
  if (classification === null) return null;
  const { code, message } = refusal.safeParse(response.body).data ?? { code: null, message: null };
  const action =
    response.status === 400 || response.status === 404 ? ({ type: "fail", error: "request" } as const) : classification;
  return {
    ...action,
    vendorCode: code ?? classification.vendorCode,
    message,
    requestId: response.headers["twilio-request-id"] ?? null,
  };
}

/** Returns the provider of a Twilio account. @throws ConfigurationError that names a missing, wrong or unknown option. */
export function twilio(options: TwilioOptions): Provider<"twilio", TwilioFilters, { sid: string }> {
  const settings = parseOptions("twilio", optionsSchema, options, "twilio");
  const { accountSid, authToken, startTime, account, timeZone, rate, longestCallSeconds, settleSeconds } = settings;
  const calls = `${settings.endpoint ?? "https://api.twilio.com"}/2010-04-01/Accounts/${accountSid}/Calls`;
  const print = (instant: Date) =>
    startTime === "date" ? instant.toISOString().slice(0, 10) : `${instant.toISOString().slice(0, 19)}Z`;

  // Request. The comparison is part of the parameter's name: `StartTime>=2026-11-01` is `StartTime>` with a value.
  const request = ({ window, partition, filters, page }: PageQuery<TwilioFilters>) => {
    const range = window === null ? {} : { "StartTime>": print(window.start), "StartTime<": print(window.end) };
    const first = Object.entries({ ...filters, ...partition.parameters, ...range, PageSize: String(page.size) });
    const given = first.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
    return {
      method: "GET",
      url: `${calls}.json`,
      query: Object.fromEntries(page.cursor === null ? given : new URLSearchParams(page.cursor)),
    } as const;
  };
  const key = ({ sid }: Row) => sid;
  const list = { name: "Calls.json", ...RETENTION, paging: PAGING, request, responseSchema, row, times, key, map };
  // Documented: HTTP Basic.
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;

  return defineProvider({
    contract: CONTRACT_VERSION,
    id: "twilio",
    account,
    timeZone,
    rate,
    longestCallSeconds,
    settleSeconds,
    auth: { authorize: (request) => ({ ...request, headers: { ...request.headers, Authorization: authorization } }) },
    operations: {
      records: defineList({
        ...list,
        filters: filtersSchema,
        partitions: () => [{ application: null, parameters: {} }],
        window: overrideWindow(settings, { ...WINDOW, unit: startTime === "date" ? "day" : "s" }),
        ...overrideRetention(settings, RETENTION),
      }),
      // A request can filter by one status only.
      activeCalls: defineList({
        ...list,
        filters: z.strictObject({}),
        partitions: () => ACTIVE.map((Status) => ({ application: null, parameters: { Status } })),
        window: null,
      }),
      findCall: {
        type: "lookup",
        name: "Calls/{Sid}.json",
        keys: z.strictObject({ sid: z.string().regex(/^CA[0-9a-f]{32}$/i, "must be CA and 32 hexadecimal digits") }),
        request: ({ sid }) => ({ method: "GET", url: `${calls}/${sid}.json` }),
        isNotFound: ({ status }) => status === 404,
        responseSchema: z.unknown(),
        row,
        times,
        map,
      },
    },
    classify,
    secrets: () => [authToken],
  });
}
