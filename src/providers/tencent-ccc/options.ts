import { z } from "zod";
import { commonOptions, credentialSchema, type CommonOptions } from "../../contract/options.js";
import { addIssues } from "../../contract/rule-of.js";
import { recordingHostsSchema } from "../../contract/recording-hosts.js";
import { DEFAULT_RATE } from "./limits.js";

/** The documented domains of the two sites. */
export const ENDPOINTS = {
  cn: "https://ccc.tencentcloudapi.com",
  intl: "https://ccc.intl.tencentcloudapi.com",
} as const;

/** The part of a Tencent SDK client that the provider uses: `CommonClient` and the client of the `ccc` package both have it. */
export interface TencentCccClient {
  /**
   * Resolves with the value of `Response`. Rejects with an error that has `code` and `requestId` (the vendor refused the request), or `httpCode` (a status
   * other than 200), or neither (there was no response).
   */
  request(action: string, parameters: unknown, options: { signal: AbortSignal }): Promise<unknown>;
}

/** The options of `tencentCcc`. */
export interface TencentCccOptions extends CommonOptions {
  /** The id of the API key. Required unless `client` is given. */
  secretId?: string | undefined;
  /** The secret of the API key. Required unless `client` is given. */
  secretKey?: string | undefined;
  /** The token of temporary credentials; default none. */
  token?: string | undefined;
  /**
   * The applications to read (`SdkAppId` in the console): at least one, without duplicates. `"all"`: every application of the account. They are then requested
   * with `DescribeCCCBuyInfoList`, once for each call of the client, so the key must be allowed to call it. An application that an earlier pass of `sync` has read
   * and that the vendor no longer lists is a gap of the report.
   */
  sdkAppIds: readonly number[] | "all";
  /**
   * Whether the argument `number` of `records` is also passed to the vendor's own filter, `Phones`, which saves requests. Default false, because the vendor does
   * not document how the filter compares numbers. Set it to `true` if `client.probe(account)`, or `doctor --probe` on the command line, proposes it. The filter is
   * used only where it saves at least half of the requests. It may not find a number that is stored with separators, so a range that is read with it is a gap
   * `filtered` of the report.
   */
  numberFilter?: boolean | undefined;
  /**
   * Whether `findCall` first sends `DescribeTelSession`, which also finds an active call: one request for each application. Default true. Set it to `false` if the
   * key is not allowed to call this action: `findCall` then searches the history only.
   */
  sessionLookup?: boolean | undefined;
  /**
   * Codes of `DescribeTelSession` that mean that there is no such session. They are added to the codes that the library knows, such as
   * `InvalidParameterValue.RecordNotExist`, because the vendor does not document this code. Default none.
   */
  sessionNotFoundCodes?: readonly string[] | undefined;
  /** `cn` (default): `https://ccc.tencentcloudapi.com`; `intl`: `https://ccc.intl.tencentcloudapi.com`. The option `endpoint` overrides it. */
  site?: "cn" | "intl" | undefined;
  /**
   * A Tencent SDK client that sends the requests instead of the built-in HTTP transport. Its endpoint, credentials, proxy, clock, timeout and handling of
   * large integers apply; `endpoint`, `site` and the credentials above are not used.
   */
  client?: TencentCccClient | undefined;
  /**
   * Further hosts from which recordings may be downloaded, such as that of your company (`CustomRecordURL`): names such as `records.example.com`, and suffixes
   * such as `*.example.com`. Default: those of Tencent's object store only, `*.myqcloud.com`. They receive no credentials.
   */
  recordingHosts?: readonly string[] | undefined;
}

function isClient(value: unknown): value is TencentCccClient {
  return typeof value === "object" && value !== null && "request" in value && typeof value.request === "function";
}

/** Reports a missing option together with all other wrong options, so that the user can correct them at once. */
function needed(option: "secretId" | "secretKey") {
  return {
    path: [option],
    message: "is missing (it is optional only if `client` is given)",
    when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null,
  };
}

const applicationIds = z
  .array(z.int("must be a whole number").positive("must be positive"), {
    error: ({ input }) => (input === undefined ? "is missing" : "must be a list of applications, or `all`"),
  })
  .min(1, "must contain at least one application")
  .refine((ids) => new Set(ids).size === ids.length, "must not contain an application twice");

/** The issues of a union would not name the wrong application. */
const sdkAppIdsSchema = z.unknown().transform((value, context): number[] | "all" => {
  if (value === "all") return value;
  const { data, error } = applicationIds.safeParse(value);
  addIssues(context, error);
  return data ?? z.NEVER;
});

/** The shape of {@link TencentCccOptions}. */
export const optionsSchema = z
  .strictObject({
    ...commonOptions({ account: "tencent-ccc", rate: DEFAULT_RATE }),
    secretId: credentialSchema.optional(),
    secretKey: credentialSchema.optional(),
    token: credentialSchema.optional(),
    sdkAppIds: sdkAppIdsSchema,
    numberFilter: z.boolean().default(false),
    sessionLookup: z.boolean().default(true),
    sessionNotFoundCodes: z.array(z.string().min(1, "must not be empty")).readonly().default([]),
    recordingHosts: recordingHostsSchema.default([]),
    site: z.enum(["cn", "intl"]).default("cn"),
    client: z.custom<TencentCccClient>(isClient, "must be an object with a `request` method").optional(),
  })
  .refine((options) => options.client !== undefined || options.secretId !== undefined, needed("secretId"))
  .refine((options) => options.client !== undefined || options.secretKey !== undefined, needed("secretKey"));
