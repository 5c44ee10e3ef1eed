import { z } from "zod";
import { commonOptions, credentialSchema, type CommonOptions } from "../../contract/options.js";
import { DEFAULT_RATE } from "./limits.js";

/** Documented domains of the two sites. */
export const ENDPOINTS = {
  cn: "https://ccc.tencentcloudapi.com",
  intl: "https://ccc.intl.tencentcloudapi.com",
} as const;

/** What is needed of a client of Tencent's own SDK: `CommonClient` and the client of its `ccc` package both have it. */
export interface TencentCccClient {
  /**
   * Answers what stands under `Response`; rejects with an error that has `code` and `requestId` (the vendor's refusal), or `httpCode` (a
   * status other than 200), or neither (no answer came).
   */
  request(action: string, parameters: unknown, options: { signal: AbortSignal }): Promise<unknown>;
}

/** The account at Tencent Cloud Contact Center, and how it is reached. */
export interface TencentCccOptions extends CommonOptions {
  /** The API key's id. Needed unless `client` is given. */
  secretId?: string | undefined;
  /** The API key. Needed unless `client` is given. */
  secretKey?: string | undefined;
  /** The token of temporary credentials; default none. */
  token?: string | undefined;
  /** The applications to read (the console calls them SdkAppId): at least one, each once. */
  sdkAppIds: readonly number[];
  /** `cn` (default): `https://ccc.tencentcloudapi.com`; `intl`: `https://ccc.intl.tencentcloudapi.com`. `endpoint`, where it is given, takes its place. */
  site?: "cn" | "intl" | undefined;
  /**
   * A client of Tencent's SDK that sends the requests in place of the library's own HTTP. Its endpoint, credentials, proxy, clock, time-out
   * and exactness of large integers are then its own affair; `endpoint`, `site` and the credentials above are not used.
   */
  client?: TencentCccClient | undefined;
}

function isClient(value: unknown): value is TencentCccClient {
  return typeof value === "object" && value !== null && "request" in value && typeof value.request === "function";
}

/** Reported along with whatever else is wrong, so that all of it can be mended at once. */
function needed(option: "secretId" | "secretKey") {
  return {
    path: [option],
    message: "is missing (it can be left out only where a `client` is given)",
    when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null,
  };
}

/** The shape of {@link TencentCccOptions}. */
export const optionsSchema = z
  .strictObject({
    ...commonOptions({ account: "tencent-ccc", rate: DEFAULT_RATE }),
    secretId: credentialSchema.optional(),
    secretKey: credentialSchema.optional(),
    token: credentialSchema.optional(),
    sdkAppIds: z
      .array(z.int("must be a whole number").positive("must be positive"))
      .min(1, "must hold at least one application")
      .refine((ids) => new Set(ids).size === ids.length, "must not hold an application twice"),
    site: z.enum(["cn", "intl"]).default("cn"),
    client: z.custom<TencentCccClient>(isClient, "must be an object with a `request` method").optional(),
  })
  .refine((options) => options.client !== undefined || options.secretId !== undefined, needed("secretId"))
  .refine((options) => options.client !== undefined || options.secretKey !== undefined, needed("secretKey"));
