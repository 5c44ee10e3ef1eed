import { URL } from "node:url";
import { z } from "zod";
import { ConfigurationError } from "../model/errors.js";
import { isLoopback } from "./loopback.js";
import type { ListOperation, PagingRule, Rate, WindowRule } from "./provider.js";
import { isTimeZone } from "./zone.js";

/** How fast an account may be asked. What is left out is the provider's default. */
export interface RateOptions {
  /** Requests in any one second. */
  requestsPerSecond?: number | undefined;
  /** Requests under way at once. */
  concurrency?: number | undefined;
}

/** The options that every provider takes. */
export interface CommonOptions {
  /** A label for this account; default the provider's id. Two accounts of one vendor need two labels. */
  account?: string | undefined;
  /** Base URL of the vendor's API; default the vendor's own. `https:`; plain `http:` is accepted for loopback hosts only. */
  endpoint?: string | undefined;
  /** The pace; default the vendor's documented one, else 5 requests a second, 4 under way. */
  rate?: RateOptions | undefined;
  /** IANA zone of the vendor's clock, and of days and months in usage; default `Asia/Shanghai`, or what the vendor's provider says. */
  timeZone?: string | undefined;
  /**
   * No call is longer than this many seconds; default 43,200 (12 hours). Ranges are read wider by it, so that no call at their edges is missed; not where
   * `filtersOn` is `"start"`.
   */
  longestCallSeconds?: number | undefined;
  /** Seconds after which a record no longer appears or changes; default 172,800 (48 hours). What is younger is reported as unsettled. */
  settleSeconds?: number | undefined;
  /**
   * Which of a call's times the windows of the list of records filter on; default the vendor's own declaration, of the three built-in ones `"unknown"`.
   * `"start"`: ranges are read as they are, no longer wider by `longestCallSeconds`, which saves requests. Where the vendor filters on another time after
   * all, calls at the edges of a range are missed, and a sync takes for complete what is not. Once the option is `"unknown"` again, its next pass reads what
   * was missed. A `warning` tells when a row shows it, and nothing that is read then counts as complete. Measure it on your account: `client.probe(account)`,
   * or `doctor --probe` on the command line.
   */
  filtersOn?: "start" | "unknown" | undefined;
  /**
   * Whether a call exactly at the end of a window of the list of records is in it; default the vendor's own declaration, of the three built-in ones
   * `"unknown"`. Once it is known, windows no longer begin one unit (a second, Huawei's a millisecond) before the last one's end. Both `"inclusive"` and `"exclusive"`
   * rely on a window's start being inclusive: where it is not, calls exactly where a window begins are missed without a word. Where it is
   * set to `"unknown"` later, the next pass of a sync reads everything again, and warns. Measure it on your account:
   * `client.probe(account)`, or `doctor --probe` on the command line.
   */
  windowEnd?: "inclusive" | "exclusive" | "unknown" | undefined;
  /**
   * The most rows that one search of the list of records serves, where the vendor caps it; default not known. A window with as many rows, or more, is read
   * in parts. Without it, a cap shows where a total is a multiple of 1,000, or where a list ends with a full page.
   */
  maxSearchRows?: number | undefined;
  /**
   * How far back the vendor keeps the list of records, in seconds, where you know it better than the vendor's documentation; default the vendor's own
   * declaration. Nothing older is requested: a range that begins earlier is a `RetentionError`, or with `beforeRetention: "clip"` a gap `retention`, which a
   * `sync` does not request again. A vendor may refuse more than it documents.
   */
  retentionSeconds?: number | undefined;
  /**
   * How far back the vendor may keep the list of records, in seconds, where you only suspect it; default the vendor's own declaration, of the three built-in
   * ones none. Older ranges are read all the same. A `warning` says so where a reading begins earlier and its oldest windows hold no call for a day or more:
   * the vendor may have deleted these calls, and the report still says `complete`. `client.probe(account)` suggests a value.
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

/** Not by a pattern such as `/\/+$/`: its time grows with the square of the slashes. */
function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}

/** A credential: text that is not blank and can stand in a header. */
export const credentialSchema = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must not be empty, and must be printable ASCII without spaces")
  .refine((text) => !/^(["'])[^]*\1$/.test(text), "must not begin and end with a quotation mark: it is quoted twice");

const timeZoneSchema = z
  .string()
  .refine(isTimeZone, "must be an IANA time zone that this runtime knows, such as Asia/Shanghai");

/** What options are where they are not given. */
export interface CommonDefaults {
  /** The account's label: best the provider's id. */
  account: string;
  /** What the vendor documents, else a careful guess. */
  rate: Rate;
  /** Default `Asia/Shanghai`, the zone of the three built-in vendors. */
  timeZone?: string;
  /** Default 12 hours. */
  longestCallSeconds?: number;
  /** Default 48 hours. */
  settleSeconds?: number;
}

/** The shape of {@link CommonOptions}, to be spread into a provider's own strict object. Its members tell what each option is once it has been read. */
export function commonOptions(defaults: CommonDefaults) {
  return {
    /** The label, not empty. */
    account: z.string().min(1, "must not be empty").default(defaults.account),
    /** Without a trailing slash; undefined where none was given. */
    endpoint: endpointSchema.optional(),
    /** Both numbers, with the default of what was left out. */
    rate: z
      .strictObject({
        requestsPerSecond: z.number().positive().default(defaults.rate.requestsPerSecond),
        concurrency: z.int().positive().default(defaults.rate.concurrency),
      })
      .default(defaults.rate),
    /** An IANA zone that this runtime knows. */
    timeZone: timeZoneSchema.default(defaults.timeZone ?? "Asia/Shanghai"),
    /** Whole seconds, 30 days at the most. */
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
    /** For {@link overrideWindow}; undefined where none was given. */
    filtersOn: z.enum(["start", "unknown"]).optional(),
    /** For {@link overrideWindow}; undefined where none was given. */
    windowEnd: z.enum(["inclusive", "exclusive", "unknown"]).optional(),
    /** For {@link overridePaging}; undefined where none was given. */
    maxSearchRows: z.int().positive().optional(),
    /** For {@link overrideRetention}: whole seconds; undefined where none was given. */
    retentionSeconds: z.int().positive().optional(),
    /** For {@link overrideRetention}: whole seconds; undefined where none was given. */
    suspectedRetentionSeconds: z.int().positive().optional(),
  };
}

/** A vendor's declaration of the pages of its list of records, with the cap that the options know in its place. */
export function overridePaging(
  { maxSearchRows }: Pick<CommonOptions, "maxSearchRows">,
  declared: PagingRule,
): PagingRule {
  return maxSearchRows === undefined || declared.style === "none" ? declared : { ...declared, maxRows: maxSearchRows };
}

/** A vendor's declaration of the window of its list of records, with what the options know better in its place. */
export function overrideWindow(
  { filtersOn, windowEnd }: Pick<CommonOptions, "filtersOn" | "windowEnd">,
  declared: WindowRule,
): WindowRule {
  return { ...declared, filtersOn: filtersOn ?? declared.filtersOn, end: windowEnd ?? declared.end };
}

/** How far back a list reaches: as it is known, and as it is suspected. */
export type Retention = Required<Pick<ListOperation<unknown>, "retentionSeconds" | "suspectedRetentionSeconds">>;

/** A vendor's declaration of how far back its list of records reaches, with what the options know better in its place. To be spread into the list. */
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

/**
 * Reads options by their schema.
 * @throws ConfigurationError naming each wrong option and its rule, and never a value.
 */
export function parseOptions<Schema extends z.ZodType>(
  owner: string,
  schema: Schema,
  options: unknown,
  provider: string | null = null,
): z.output<Schema> {
  const result = schema.safeParse(options ?? {});
  if (result.success) return result.data;
  throw new ConfigurationError(`${owner}: ${describeIssues(result.error, "option")}.`, { provider });
}

/** What is wrong with an input, field by field. Values are never shown: they may be secrets. */
export function describeIssues(error: z.ZodError, noun: string): string {
  return error.issues.map((issue) => describeIssue(issue, noun)).join("; ");
}

function describeIssue(issue: z.core.$ZodIssue, noun: string): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => `\`${path === "" ? key : `${path}.${key}`}\``).join(", ");
    return `unknown ${noun} ${names}`;
  }
  const rule =
    issue.code === "invalid_type" && issue.message.endsWith("received undefined") ? "is missing" : issue.message;
  return path === "" ? rule : `${noun} \`${path}\`: ${rule}`;
}
