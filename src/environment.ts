import { ConfigurationError } from "./model/errors.js";
import { huaweiCec, type HuaweiCecProvider } from "./providers/huawei-cec/index.js";
import { itniotech, type ItniotechProvider } from "./providers/itniotech/index.js";
import { tencentCcc, type TencentCccProvider } from "./providers/tencent-ccc/index.js";

/** Any of the providers that this library brings. */
export type BuiltInProvider = TencentCccProvider | HuaweiCecProvider | ItniotechProvider;

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables by which one vendor is configured. */
export interface VendorVariables {
  provider: BuiltInProvider["id"];
  /** All of which must be set, or none. */
  required: readonly string[];
  optional: readonly string[];
  /** The factory's names of what is required. */
  options: readonly string[];
  /** The provider; null where none of its variables is set. @throws ConfigurationError as `providersFromEnvironment`. */
  read: (environment: Environment) => BuiltInProvider | null;
}

/**
 * All vendors' variables, in the order in which their providers are answered. (A function: a list that is made when this is loaded would keep every
 * vendor in a bundle that uses one.)
 */
export function vendorVariables(): readonly VendorVariables[] {
  return [
    vendor({
      provider: "tencent-ccc",
      required: {
        secretId: "TENCENTCLOUD_SECRET_ID",
        secretKey: "TENCENTCLOUD_SECRET_KEY",
        sdkAppIds: "TENCENT_CCC_SDK_APP_IDS",
      },
      optional: { token: "TENCENTCLOUD_TOKEN", site: "TENCENT_CCC_SITE", endpoint: "TENCENT_CCC_ENDPOINT" },
      make: ({ site, sdkAppIds, ...rest }) =>
        tencentCcc({
          ...rest,
          sdkAppIds: readAppIds(sdkAppIds),
          ...(site === undefined ? {} : { site: readSite(site) }),
        }),
    }),
    vendor({
      provider: "huawei-cec",
      required: { appKey: "HUAWEI_CEC_APP_KEY", appSecret: "HUAWEI_CEC_APP_SECRET" },
      optional: { endpoint: "HUAWEI_CEC_ENDPOINT", authEndpoint: "HUAWEI_CEC_AUTH_ENDPOINT" },
      make: huaweiCec,
    }),
    vendor({
      provider: "itniotech",
      required: { apiKey: "ITNIOTECH_API_KEY", apiSecret: "ITNIOTECH_API_SECRET" },
      optional: { endpoint: "ITNIOTECH_ENDPOINT" },
      make: itniotech,
    }),
  ];
}

/**
 * The providers whose variables are set, in the order Tencent, Huawei, Itniotech; those of which none is set are left out. An empty variable
 * counts as not set.
 *
 * - Tencent: `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENT_CCC_SDK_APP_IDS` (comma-separated); optional `TENCENTCLOUD_TOKEN`,
 *   `TENCENT_CCC_SITE`, `TENCENT_CCC_ENDPOINT`
 * - Huawei: `HUAWEI_CEC_APP_KEY`, `HUAWEI_CEC_APP_SECRET`; optional `HUAWEI_CEC_ENDPOINT`, `HUAWEI_CEC_AUTH_ENDPOINT`
 * - Itniotech: `ITNIOTECH_API_KEY`, `ITNIOTECH_API_SECRET`; optional `ITNIOTECH_ENDPOINT`
 *
 * @throws ConfigurationError when only a part of a vendor's variables is set, naming what is missing; or when one is wrong.
 */
export function providersFromEnvironment(environment: Environment = process.env): BuiltInProvider[] {
  return vendorVariables().flatMap((variables) => variables.read(environment) ?? []);
}

function vendor<Required extends string, Optional extends string>(declared: {
  provider: BuiltInProvider["id"];
  required: Record<Required, string>;
  optional: Record<Optional, string>;
  make: (options: Record<Required, string> & Partial<Record<Optional, string>>) => BuiltInProvider;
}): VendorVariables {
  const { provider, required, optional, make } = declared;
  return {
    provider,
    required: Object.values(required),
    optional: Object.values(optional),
    options: Object.keys(required),
    read(environment) {
      const options = readSet(environment, { required, optional });
      return options === null ? null : make(options);
    },
  };
}

/** One vendor's variables as options by name; null where none is set. */
function readSet<Required extends string, Optional extends string>(
  environment: Environment,
  names: { required: Record<Required, string>; optional: Record<Optional, string> },
): (Record<Required, string> & Partial<Record<Optional, string>>) | null {
  const options: Partial<Record<string, string>> = {};
  const missing: string[] = [];
  for (const [option, name] of Object.entries<string>({ ...names.required, ...names.optional })) {
    const value = environment[name]?.trim() ?? "";
    if (value !== "") options[option] = value;
    else if (option in names.required) missing.push(name);
  }
  if (Object.keys(options).length === 0) return null;
  if (missing.length > 0)
    throw new ConfigurationError(
      `The environment variables ${missing.map((name) => `\`${name}\``).join(", ")} must be set too.`,
    );
  return options as Record<Required, string> & Partial<Record<Optional, string>>;
}

function readAppIds(text: string): number[] {
  return text.split(",").map((part) => {
    if (/^\s*[1-9]\d{0,14}\s*$/.test(part)) return Number(part);
    throw new ConfigurationError(
      "The environment variable `TENCENT_CCC_SDK_APP_IDS` must be application ids, separated by commas.",
      { provider: "tencent-ccc" },
    );
  });
}

function readSite(text: string): "cn" | "intl" {
  if (text === "cn" || text === "intl") return text;
  throw new ConfigurationError("The environment variable `TENCENT_CCC_SITE` must be `cn` or `intl`.", {
    provider: "tencent-ccc",
  });
}
