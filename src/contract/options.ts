import { URL } from "node:url";
import { z } from "zod";
import { ConfigurationError } from "../model/errors.js";
import { isLoopback } from "./loopback.js";
import { isCountry } from "./phone-number.js";
import type { ListOperation, PagingRule, Rate, WindowRule } from "./provider.js";
import { isTimeZone } from "./zone.js";

/** The request rate of an account. The default of each option is the provider's. */
export interface RateOptions {
  /** Maximum number of requests in any one second. */
  requestsPerSecond?: number | undefined;
  /** Maximum number of concurrent requests. */
  concurrency?: number | undefined;
}

/** The options that every provider takes. */
export interface CommonOptions {
  /** A label for this account. Default: the provider's id. Two accounts of one vendor need two labels. */
  account?: string | undefined;
  /** Base URL of the vendor's API: `https:`, or plain `http:` for loopback hosts only. Default: the vendor's own. */
  endpoint?: string | undefined;
  /** The request rate. Default: the vendor's documented rate, else 5 requests per second and 4 concurrent requests. */
  rate?: RateOptions | undefined;
  /** IANA zone of the vendor's clock, and of days and months in usage. Default: the vendor's zone, `Asia/Shanghai` for the three built-in vendors. */
  timeZone?: string | undefined;
  /**
   * The country of the telephone numbers that the vendor writes without a country code, as an ISO 3166 code (alpha-2, upper case), such as `CN`. Set it only if
   * such numbers are complete national numbers, with their area code. It makes their `e164` certain, and `number` of `records` compares them as numbers of this
   * country. `null`: none. Default: `CN` for Huawei; none for the other vendors.
   */
  defaultCountry?: string | null | undefined;
  /**
   * Maximum duration of a call in seconds, at most 30 days. Default 43,200 (12 hours). Ranges are read wider by this duration, so that calls at their edges are
   * not missed, unless `filtersOn` is `"start"`.
   */
  longestCallSeconds?: number | undefined;
  /** Seconds after which a record no longer appears or changes. Default 172,800 (48 hours). Younger records are reported as unsettled. */
  settleSeconds?: number | undefined;
  /**
   * The time of a call that the windows of the list of records filter on. Default: the vendor's own declaration, which is `"unknown"` for the three built-in
   * vendors. With `"start"`, ranges are not read wider by `longestCallSeconds`, which saves requests.
   *
   * If the vendor filters on another time, `"start"` misses calls at the edges of ranges, and a sync reports incomplete ranges as complete. When a row shows
   * this, a `warning` is emitted, and nothing that is read counts as settled. After the option is set to `"unknown"` again, the next pass of a sync reads the
   * missed calls. Measure the value on your account with `client.probe(account)`, or with `doctor --probe` on the command line.
   */
  filtersOn?: "start" | "unknown" | undefined;
  /**
   * Whether a call exactly at the end of a window of the list of records is in it. Default: the vendor's own declaration, which is `"unknown"` for the three
   * built-in vendors: each window then begins one unit (a second; a millisecond for Huawei) before the end of the previous one. The other values save this
   * overlap.
   *
   * `"inclusive"` and `"exclusive"` require that the start of a window is inclusive. If it is not, calls exactly at the start of a window are missed without a
   * warning. After the option is set to `"unknown"` again, the next pass of a sync reads everything again, with a warning. Measure the value on your account
   * with `client.probe(account)`, or with `doctor --probe` on the command line.
   */
  windowEnd?: "inclusive" | "exclusive" | "unknown" | undefined;
  /**
   * Maximum number of rows that one search of the list of records serves, where the vendor caps it. Default: not known. A window with that many rows or more is
   * split. Without this option, a cap is assumed where a total is a multiple of 1,000, or where a list ends with a full page. It is rejected for a vendor whose
   * list is one response without pages.
   */
  maxSearchRows?: number | undefined;
  /**
   * How far back the vendor keeps the list of records, in seconds, if you know it better than the vendor's documentation does. Default: the vendor's own declaration.
   * Nothing older is requested: a range that begins earlier is a `RetentionError`, or with `beforeRetention: "clip"` a gap `retention`, which a `sync` does not
   * request again. A vendor may refuse more than it documents.
   */
  retentionSeconds?: number | undefined;
  /**
   * A limit that you only suspect of how far back the vendor keeps the list of records, in seconds. Default: the vendor's own declaration; the three built-in
   * vendors have none. Older ranges are read. If the oldest windows of such a range contain no call for a day or more, a `warning` reports it, because the vendor
   * may have deleted these calls. The report still says `complete`. `client.probe(account)` suggests a value.
   */
  suspectedRetentionSeconds?: number | undefined;
}

/** An absolute base URL to which credentials may be sent, without a trailing slash. */
export const endpointSchema = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const refusal =
    url === null || (url.protocol !== "https:" && url.protocol !== "http:")
      ? "must be an absolute https: URL"
      : url.protocol === "http:" && !isLoopback(url)
        ? "must be https: — plain http: is accepted for loopback hosts only"
        : url.username !== "" || url.password !== "" || /[?#]/.test(url.href)
          ? "must not hold credentials, a query or a fragment"
          : null;
  if (url === null || refusal !== null) {
    context.issues.push({ code: "custom", message: refusal ?? "must be a URL", input: undefined });
    return z.NEVER;
  }
  return withoutTrailingSlashes(url.href);
});

/** Returns a text without its trailing slashes. A pattern such as `/\/+$/` would take time quadratic in the number of slashes. */
function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}

/** A credential: printable ASCII without spaces, which is valid in a header. */
export const credentialSchema = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must not be empty, and must be printable ASCII without spaces")
  .refine((text) => !/^(["'])[^]*\1$/.test(text), "must not begin and end with a quotation mark: it is quoted twice");

const timeZoneSchema = z
  .string()
  .refine(isTimeZone, "must be an IANA time zone that this runtime supports, such as Asia/Shanghai");

const countrySchema = z
  .string()
  .refine(isCountry, "must be an ISO 3166 code of a country (two capital letters), such as CN");

/** The defaults of {@link CommonOptions} for one vendor. */
export interface CommonDefaults {
  /** The account's label, usually the provider's id. */
  account: string;
  /** The rate that the vendor documents, else a cautious estimate. */
  rate: Rate;
  /** IANA zone of the vendor's clock. Default `Asia/Shanghai`, the zone of the three built-in vendors. */
  timeZone?: string;
  /** ISO 3166 code of the country of numbers without a country code. Default: none. */
  defaultCountry?: string;
  /** Maximum duration of a call in seconds. Default 43,200 (12 hours). */
  longestCallSeconds?: number;
  /** Seconds after which a record no longer appears or changes. Default 172,800 (48 hours). */
  settleSeconds?: number;
}

/** Returns the schemas of {@link CommonOptions}, to be spread into a provider's own strict object. Each member describes the parsed option. */
export function commonOptions(defaults: CommonDefaults) {
  return {
    /** The label, which is not empty. */
    account: z.string().min(1, "must not be empty").default(defaults.account),
    /** Base URL without a trailing slash; undefined where it was left out. */
    endpoint: endpointSchema.optional(),
    /** Both numbers. A number that was left out has its default. */
    rate: z
      .strictObject({
        requestsPerSecond: z.number().positive().default(defaults.rate.requestsPerSecond),
        concurrency: z.int().positive().default(defaults.rate.concurrency),
      })
      .default(defaults.rate),
    /** An IANA zone that this runtime supports. */
    timeZone: timeZoneSchema.default(defaults.timeZone ?? "Asia/Shanghai"),
    /** An ISO 3166 code; null where there is none. */
    defaultCountry: countrySchema.nullable().default(defaults.defaultCountry ?? null),
    /** Whole seconds, at most 30 days. */
    longestCallSeconds: z
      .int()
      .nonnegative()
      .max(30 * 86_400)
      .default(defaults.longestCallSeconds ?? 43_200),
    /** Whole seconds. */
    settleSeconds: z
      .int()
      .nonnegative()
      .default(defaults.settleSeconds ?? 172_800),
    /** For {@link overrideWindow}; undefined where it was left out. */
    filtersOn: z.enum(["start", "unknown"]).optional(),
    /** For {@link overrideWindow}; undefined where it was left out. */
    windowEnd: z.enum(["inclusive", "exclusive", "unknown"]).optional(),
    /** For {@link overridePaging}; undefined where it was left out. */
    maxSearchRows: z.int().positive().optional(),
    /** For {@link overrideRetention}: whole seconds; undefined where it was left out. */
    retentionSeconds: z.int().positive().optional(),
    /** For {@link overrideRetention}: whole seconds; undefined where it was left out. */
    suspectedRetentionSeconds: z.int().positive().optional(),
  };
}

/**
 * Returns a vendor's declared paging of its list of records, with the cap replaced by the option `maxSearchRows` where it is set.
 * @throws ConfigurationError when the option is set, and the paging has the style `none`: one response then contains the whole list, without a cap.
 */
export function overridePaging(
  { maxSearchRows }: Pick<CommonOptions, "maxSearchRows">,
  declared: PagingRule,
): PagingRule {
  if (maxSearchRows === undefined) return declared;
  if (declared.style !== "none") return { ...declared, maxRows: maxSearchRows };
  throw new ConfigurationError(
    "option `maxSearchRows` must be left out for this vendor. Its list of records has the paging style `none`: one response contains the whole list.",
  );
}

/** Returns a vendor's declared window of its list of records, with `filtersOn` and `end` replaced by the options that are set. */
export function overrideWindow(
  { filtersOn, windowEnd }: Pick<CommonOptions, "filtersOn" | "windowEnd">,
  declared: WindowRule,
): WindowRule {
  return { ...declared, filtersOn: filtersOn ?? declared.filtersOn, end: windowEnd ?? declared.end };
}

/** The known and the suspected retention of a list, in seconds; null where there is none. */
export type Retention = Required<Pick<ListOperation<unknown>, "retentionSeconds" | "suspectedRetentionSeconds">>;

/** Returns a vendor's declared retention of its list of records, replaced by the options that are set. Spread the result into the list operation. */
export function overrideRetention(
  {
    retentionSeconds,
    suspectedRetentionSeconds,
  }: Pick<CommonOptions, "retentionSeconds" | "suspectedRetentionSeconds">,
  declared: Pick<ListOperation<unknown>, "retentionSeconds" | "suspectedRetentionSeconds">,
): Retention {
  return {
    retentionSeconds: retentionSeconds ?? declared.retentionSeconds,
    suspectedRetentionSeconds: suspectedRetentionSeconds ?? declared.suspectedRetentionSeconds ?? null,
  };
}
