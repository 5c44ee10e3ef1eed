import { z } from "zod";
import { commonOptions, credentialSchema, endpointSchema, type CommonOptions } from "../../contract/options.js";
import { recordingHostsSchema } from "../../contract/recording-hosts.js";
import { DEFAULT_RATE, TOKEN_TTL } from "./limits.js";

/** The vendor's public host. Documented: "for example, the domain name is service.besclouds.com". */
export const DEFAULT_ENDPOINT = "https://service.besclouds.com";

/** The options of `huaweiCec`. */
export interface HuaweiCecOptions extends CommonOptions {
  /** The application's key (`app_key`, sent as `X-APP-Key`). */
  appKey: string;
  /** The application's secret (`app_secret`). It is sent to the token service only. */
  appSecret: string;
  /**
   * The base URL of the token service, which some sites run on a separate port. Default: `endpoint` if it is given, else `https://service.besclouds.com`. It
   * must use `https:`; plain `http:` is accepted for loopback hosts only.
   */
  authEndpoint?: string | undefined;
  /** The requested validity of a token in seconds: 60 to 3,600 (the vendor's maximum); default 600. */
  tokenTtlSeconds?: number | undefined;
  /**
   * The codes of responses on which the token is renewed, besides the documented HTTP 401: a return code, or an HTTP status such as `HTTP 403`. Default none,
   * because the vendor does not document any other code.
   */
  renewTokenOn?: readonly string[] | undefined;
  /**
   * Whether the argument `number` of `records` is also passed to the vendor's own filter, `caller`, which saves requests. Default false, because the vendor documents
   * the filter for the calling number only, and a customer is the called party. Set it to `true` only if `client.probe(account)`, or `doctor --probe` on the
   * command line, proposes it: the filter then finds calls by their called number too. It is used only where it saves at least half of the requests. It may not find
   * a number that is stored with separators, so a range that is read with it is a gap `filtered` of the report.
   */
  numberFilter?: boolean | undefined;
  /**
   * Additional headers of every API request (but not of the token request), such as the headers that a gateway requires; default none. `Authorization` and
   * `X-APP-Key` are not allowed, because the library sets them.
   */
  headers?: Record<string, string> | undefined;
  /**
   * Whether this account records its calls. Default false. The vendor's history does not state which calls have a recording. With `true`, each call that was
   * answered and has ended lists one, with the `callSerialNo` as its id and without a URL. `openRecording` then downloads it, or throws a `RecordingGoneError` if the
   * vendor has none.
   */
  recordings?: boolean | undefined;
  /**
   * Further hosts from which recordings may be downloaded: names such as `records.example.com`, and suffixes such as `*.example.com`. Default: those of the
   * vendor's object store only, `*.myhuaweicloud.com`. They receive no credentials.
   */
  recordingHosts?: readonly string[] | undefined;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;
const OWN_HEADERS = new Set(["authorization", "x-app-key"]);

const headersSchema = z.record(z.string(), z.string()).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    const refusal = !HEADER_NAME.test(name)
      ? "is not a valid header name"
      : OWN_HEADERS.has(name.toLowerCase())
        ? "is set by the library and must not be given"
        : !HEADER_VALUE.test(value)
          ? "must be printable ASCII"
          : null;
    if (refusal !== null) context.addIssue({ code: "custom", path: [name], message: refusal });
  }
});

/** A success code is not allowed, because every success would then renew the token. */
const renewalCode = z
  .string()
  .min(1, "must not be empty")
  .refine((code) => code !== "0" && code !== "1" && !code.startsWith("HTTP 2"), "must not be a success code");

export const optionsSchema = z.strictObject({
  ...commonOptions({ account: "huawei-cec", rate: DEFAULT_RATE, defaultCountry: "CN" }),
  appKey: credentialSchema,
  appSecret: credentialSchema,
  authEndpoint: endpointSchema.optional(),
  tokenTtlSeconds: z.int().min(TOKEN_TTL.minimum).max(TOKEN_TTL.maximum).default(TOKEN_TTL.default),
  renewTokenOn: z.array(renewalCode).readonly().default([]),
  numberFilter: z.boolean().default(false),
  headers: headersSchema.default({}),
  recordings: z.boolean().default(false),
  recordingHosts: recordingHostsSchema.default([]),
});
