/**
 * A small Twilio on this machine: its list of calls and one call, behind HTTP Basic, as its pages describe them. What they leave open can be
 * chosen. Documented are the parameters, the form of a row, of a page and of a refusal, and the codes 20003, 20404 and 20429; assumed are the
 * code of a wrong parameter, the order of rows (newest first) and what a page token holds.
 */
import { createServer } from "node:http";

const DAY_MS = 86_400_000;
const MAX_ROWS = 1000;
const DEFAULT_ROWS = 50;

/** A row of the list, as the vendor's sample shows it; the fields that matter to an adapter. */
export interface TwilioRow {
  sid: string;
  account_sid: string;
  parent_call_sid: string | null;
  phone_number_sid: string | null;
  from: string;
  to: string;
  status: string;
  direction: string;
  /** RFC 2822. */
  date_created: string;
  date_updated: string;
  /** Null until it is dialled. */
  start_time: string | null;
  end_time: string | null;
  /** Seconds, as text; null unless completed. */
  duration: string | null;
  /** What it cost, as text below zero; null until it is known, which may be after its end. */
  price: string | null;
  price_unit: string;
  answered_by: string | null;
  uri: string;
}

export interface TwilioSettings {
  accountSid: string;
  authToken: string;
  /** The calls; more may be pushed, and rows replaced, while it runs. */
  calls: TwilioRow[];
  /** Whether `StartTime<=2026-11-01` means midnight at the start of that day (default), or at its end. */
  lastDay?: "excluded" | "included";
  /** Gives smaller pages than asked for, as any server may; default 1,000 rows, the most that may be asked for. */
  maxRows?: number;
}

export interface TwilioResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** The vendor without its socket: from a request to an answer. */
export class TwilioVendor {
  constructor(private readonly settings: TwilioSettings) {}

  respond(target: string, authorization: string | undefined): TwilioResponse {
    const { accountSid, authToken, calls } = this.settings;
    const { pathname, searchParams } = new URL(target, "http://localhost");
    const proof = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
    if (authorization !== proof) return refusal(401, 20003, "Authenticate");
    const base = `/2010-04-01/Accounts/${accountSid}/Calls`;
    if (pathname === `${base}.json`) return this.page(pathname, searchParams);
    const call = calls.find(({ sid }) => pathname === `${base}/${sid}.json`);
    return call === undefined ? refusal(404, 20404, `The requested resource ${pathname} was not found`) : success(call);
  }

  private page(pathname: string, asked: URLSearchParams): TwilioResponse {
    const size = Number(asked.get("PageSize") ?? DEFAULT_ROWS);
    if (!Number.isInteger(size) || size < 1 || size > MAX_ROWS)
      return refusal(400, 20001, "PageSize must be between 1 and 1000");
    const [from, to] = [
      readBound(asked.get("StartTime>"), "excluded"),
      readBound(asked.get("StartTime<"), this.settings.lastDay ?? "excluded"),
    ];
    if (Number.isNaN(from) || Number.isNaN(to)) return refusal(400, 20001, "StartTime is not a date");
    const found = this.settings.calls
      .filter(
        (call) =>
          (from === null || startOf(call) >= from) && (to === null || startOf(call) <= to) && passes(call, asked),
      )
      .sort((one, other) => startOf(other) - startOf(one));
    const first = positionAfter(found, asked.get("PageToken"));
    const given = Math.min(size, this.settings.maxRows ?? MAX_ROWS);
    const calls = found.slice(first, first + given);
    const last = calls.at(-1);
    const next = new URLSearchParams(asked);
    next.set("Page", String(Number(asked.get("Page") ?? 0) + 1));
    next.set("PageToken", `PA${last?.sid ?? ""}`);
    const hasMore = first + given < found.length;
    const link = (query: URLSearchParams) => `${pathname}?${query.toString()}`;
    return success({
      calls,
      page: Number(asked.get("Page") ?? 0),
      page_size: size,
      uri: link(asked),
      next_page_uri: hasMore ? link(next) : null,
    });
  }
}

/** Of a call that was never dialled, its creation counts. */
function startOf({ start_time, date_created }: TwilioRow): number {
  return Date.parse(start_time ?? date_created);
}

/** A date, or a date with a time, in UTC; null where there is none, `NaN` where it is neither. */
function readBound(bound: string | null, day: "excluded" | "included"): number | null {
  if (bound === null) return null;
  if (/^\d{4}-\d\d-\d\d$/.test(bound)) return Date.parse(bound) + (day === "included" ? DAY_MS - 1 : 0);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(bound) ? Date.parse(bound) : Number.NaN;
}

function passes(call: TwilioRow, asked: URLSearchParams): boolean {
  const wanted = { To: call.to, From: call.from, Status: call.status, ParentCallSid: call.parent_call_sid };
  return Object.entries(wanted).every(([name, value]) => !asked.has(name) || asked.get(name) === value);
}

/** A token names the last row of the page before: what is new at the head moves no page. */
function positionAfter(found: readonly TwilioRow[], token: string | null): number {
  return token === null ? 0 : found.findIndex(({ sid }) => `PA${sid}` === token) + 1;
}

function success(body: unknown): TwilioResponse {
  return { status: 200, headers: {}, body };
}

export function refusal(status: number, code: number, message: string): TwilioResponse {
  return {
    status,
    headers: { "Twilio-Request-Id": `RQ${String(code).padStart(32, "0")}` },
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

export interface TwilioEmulator {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  /** Paths and queries, as they were received. */
  received: string[];
  /** Answers the next requests so, in this order, in place of what was asked for. */
  refuse(...responses: TwilioResponse[]): void;
  close(): Promise<void>;
}

/** Puts it on a port of 127.0.0.1. @param settings.concurrency requests at once, beyond which it answers 429; default 20. */
export async function startTwilioEmulator(
  settings: TwilioSettings & { concurrency?: number; latencyMs?: number },
): Promise<TwilioEmulator> {
  const { concurrency = 20, latencyMs = 0 } = settings;
  const vendor = new TwilioVendor(settings);
  const received: string[] = [];
  const refusals: TwilioResponse[] = [];
  let underWay = 0;
  const server = createServer((request, response) => {
    const target = request.url ?? "/";
    received.push(target);
    underWay += 1;
    const tooMany = underWay > concurrency ? refusal(429, 20429, "Too many concurrent requests") : null;
    const { status, headers, body } =
      tooMany ?? refusals.shift() ?? vendor.respond(target, request.headers.authorization);
    setTimeout(() => {
      underWay -= 1;
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
    }, latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    received,
    refuse: (...responses) => {
      refusals.push(...responses);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
