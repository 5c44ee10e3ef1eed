import { huaweiCec, type HuaweiCecProvider } from "./providers/huawei-cec/index.js";
import { itniotech, type ItniotechProvider } from "./providers/itniotech/index.js";
import { tencentCcc, type TencentCccProvider } from "./providers/tencent-ccc/index.js";

/** A provider of one of the built-in vendors. */
export type BuiltInProvider = TencentCccProvider | HuaweiCecProvider | ItniotechProvider;

/** An environment variable that sets one option of a factory. */
export interface Variable<Value = unknown> {
  name: string;
  /** Whether the vendor is configured only if this variable is set. */
  isRequired: boolean;
  /** Converts the text to the option's value; null where the text breaks `rule`. Default: the text itself. */
  parse?: (text: string) => Value | null;
  /** The rule for the text, which completes "must be …". */
  rule?: string;
}

/** A built-in vendor. */
export interface Vendor {
  /** The id of its provider, the name of its folder in `src/providers`, and its entry in the package: `call-records/<id>`. */
  id: BuiltInProvider["id"];
  /** The factory of its provider, which validates its options itself: they may come from a file. Its name is the name of the export. */
  factory: (options: never) => BuiltInProvider;
  /** The variable of each option that can be set in the environment. */
  variables: Readonly<Record<string, Variable>>;
}

/** Returns the built-in vendors. This is a function because a list built at load time would keep every vendor in a bundle that uses one. */
export function vendors(): readonly Vendor[] {
  return [
    vendor("tencent-ccc", tencentCcc, {
      secretId: required("TENCENTCLOUD_SECRET_ID"),
      secretKey: required("TENCENTCLOUD_SECRET_KEY"),
      sdkAppIds: {
        ...required("TENCENT_CCC_SDK_APP_IDS"),
        rule: "application ids, separated by commas, or `all`",
        parse: parseIds,
      },
      token: optional("TENCENTCLOUD_TOKEN"),
      site: {
        ...optional("TENCENT_CCC_SITE"),
        rule: "`cn` or `intl`",
        parse: (text) => (text === "cn" || text === "intl" ? text : null),
      },
      endpoint: optional("TENCENT_CCC_ENDPOINT"),
      defaultCountry: optional("TENCENT_CCC_DEFAULT_COUNTRY"),
    }),
    vendor("huawei-cec", huaweiCec, {
      appKey: required("HUAWEI_CEC_APP_KEY"),
      appSecret: required("HUAWEI_CEC_APP_SECRET"),
      endpoint: optional("HUAWEI_CEC_ENDPOINT"),
      authEndpoint: optional("HUAWEI_CEC_AUTH_ENDPOINT"),
      defaultCountry: optional("HUAWEI_CEC_DEFAULT_COUNTRY"),
    }),
    vendor("itniotech", itniotech, {
      apiKey: required("ITNIOTECH_API_KEY"),
      apiSecret: required("ITNIOTECH_API_SECRET"),
      endpoint: optional("ITNIOTECH_ENDPOINT"),
      defaultCountry: optional("ITNIOTECH_DEFAULT_COUNTRY"),
    }),
  ];
}

/** Checks at compile time that each variable sets an option that the factory has. */
function vendor<Options>(
  id: Vendor["id"],
  factory: (options: Options) => BuiltInProvider,
  variables: { [Option in keyof Options]?: Variable<Options[Option]> },
): Vendor {
  return { id, factory, variables: variables as Vendor["variables"] };
}

/** Returns the names of the variables that must be set, by the option that each sets. */
export function requiredVariables({ variables }: Vendor): Record<string, string> {
  const entries = Object.entries(variables);
  return Object.fromEntries(entries.flatMap(([option, { name, isRequired }]) => (isRequired ? [[option, name]] : [])));
}

function required(name: string) {
  return { name, isRequired: true };
}

function optional(name: string) {
  return { name, isRequired: false };
}

function parseIds(text: string): number[] | "all" | null {
  if (text.trim() === "all") return "all";
  const ids = text.split(",").map((part) => part.trim());
  return ids.every((id) => /^[1-9]\d{0,14}$/.test(id)) ? ids.map(Number) : null;
}
