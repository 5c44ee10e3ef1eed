/**
 * A small Twilio on this machine, as its documentation describes it: the list of calls and the lookup of one call, with HTTP Basic. Settings select the behaviour
 * that is not documented. Documented: the parameters, the format of rows, pages and refusals, and the codes 20003, 20404 and 20429. Assumed: the code of a wrong
 * parameter, the order of rows (newest first) and the content of a page token.
 */
import { type EmulatedVendor, startEmulatedVendor, type VendorResponse } from "../emulated-vendor.js";

const DAY_MS = 86_400_000;
const MAX_ROWS = 1000;
const DEFAULT_ROWS = 50;

/** A row of the list, as in the vendor's sample, with the fields that an adapter needs. */
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
  /** Null until the call is dialled. */
  start_time: string | null;
  end_time: string | null;
  /** Seconds, as text; null unless the status is `completed`. */
  duration: string | null;
  /** The cost, as text with a negative number; null until it is known, which may be after the end of the call. */
  price: string | null;
  price_unit: string;
  answered_by: string | null;
  uri: string;
}

export interface TwilioSettings {
  accountSid: string;
  authToken: string;
  /** The calls. A test may add calls and replace rows while the emulator runs. */
  calls: TwilioRow[];
  /** Whether `StartTime<=2026-11-01` means midnight at the start (`excluded`, the default) or at the end of that day. */
  lastDay?: "excluded" | "included";
  /** Maximum number of rows of a page, even if a request sets a larger `PageSize`. Default 1,000, the largest `PageSize`. */
  maxRows?: number;
}

/** The vendor as a function from a request to a response, without a server. */
export class TwilioVendor {
  constructor(private readonly settings: TwilioSettings) {}

  respond(target: string, authorization: string | string[] | undefined): VendorResponse {
    const { accountSid, authToken, calls } = this.settings;
    const { pathname, searchParams } = new URL(target, "http://localhost");
    const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
    if (authorization !== expected) return refusal(401, 20003, "Authenticate");
    const base = `/2010-04-01/Accounts/${accountSid}/Calls`;
    if (pathname === `${base}.json`) return this.page(pathname, searchParams);
    const call = calls.find(({ sid }) => pathname === `${base}/${sid}.json`);
    return call === undefined ? refusal(404, 20404, `The requested resource ${pathname} was not found`) : success(call);
  }

  private page(pathname: string, query: URLSearchParams): VendorResponse {
    const size = Number(query.get("PageSize") ?? DEFAULT_ROWS);
    if (!Number.isInteger(size) || size < 1 || size > MAX_ROWS)
      return refusal(400, 20001, "PageSize must be between 1 and 1000");
    const [from, to] = [
      readBound(query.get("StartTime>"), "excluded"),
      readBound(query.get("StartTime<"), this.settings.lastDay ?? "excluded"),
    ];
    if (Number.isNaN(from) || Number.isNaN(to)) return refusal(400, 20001, "StartTime is not a date");
    const found = this.settings.calls
      .filter(
        (call) =>
          (from === null || startOf(call) >= from) && (to === null || startOf(call) <= to) && matches(call, query),
      )
      .sort((one, other) => startOf(other) - startOf(one));
    const first = positionAfter(found, query.get("PageToken"));
    const served = Math.min(size, this.settings.maxRows ?? MAX_ROWS);
    const calls = found.slice(first, first + served);
    const last = calls.at(-1);
    const next = new URLSearchParams(query);
    next.set("Page", String(Number(query.get("Page") ?? 0) + 1));
    next.set("PageToken", `PA${last?.sid ?? ""}`);
    const hasMore = first + served < found.length;
    const link = (parameters: URLSearchParams) => `${pathname}?${parameters.toString()}`;
    return success({
      calls,
      page: Number(query.get("Page") ?? 0),
      page_size: size,
      uri: link(query),
      next_page_uri: hasMore ? link(next) : null,
    });
  }
}

/** Returns the start of a call, or the creation of a call that was never dialled. */
function startOf({ start_time, date_created }: TwilioRow): number {
  return Date.parse(start_time ?? date_created);
}

/** Parses a date, or a date with a time, in UTC. Returns null if the bound is absent, and `NaN` if it has neither format. */
function readBound(bound: string | null, day: "excluded" | "included"): number | null {
  if (bound === null) return null;
  if (/^\d{4}-\d\d-\d\d$/.test(bound)) return Date.parse(bound) + (day === "included" ? DAY_MS - 1 : 0);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(bound) ? Date.parse(bound) : Number.NaN;
}

function matches(call: TwilioRow, query: URLSearchParams): boolean {
  const wanted = { To: call.to, From: call.from, Status: call.status, ParentCallSid: call.parent_call_sid };
  return Object.entries(wanted).every(([name, value]) => !query.has(name) || query.get(name) === value);
}

/** Returns the position of the first row of a page. A token names the last row of the previous page, so new rows at the head do not move the pages. */
function positionAfter(found: readonly TwilioRow[], token: string | null): number {
  return token === null ? 0 : found.findIndex(({ sid }) => `PA${sid}` === token) + 1;
}

function success(body: unknown): VendorResponse {
  return { status: 200, headers: {}, body };
}

export function refusal(status: number, code: number, message: string): VendorResponse {
  return {
    status,
    headers: { "Twilio-Request-Id": `RQ${String(code).padStart(32, "0")}` },
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

/**
 * Starts the emulator on a free port of 127.0.0.1.
 * @param settings.concurrency maximum number of concurrent requests. Further requests get 429. Default 20.
 */
export function startTwilioEmulator(
  settings: TwilioSettings & { concurrency?: number; latencyMs?: number },
): Promise<EmulatedVendor> {
  const vendor = new TwilioVendor(settings);
  return startEmulatedVendor(({ target, headers }) => vendor.respond(target, headers.authorization), {
    ...settings,
    refusal: refusal(429, 20429, "Too many concurrent requests"),
  });
}
