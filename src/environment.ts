import { ConfigurationError } from "./model/errors.js";
import { type BuiltInProvider, requiredVariables, type Variable, type Vendor, vendors } from "./vendors.js";

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the providers whose variables are set, at least one, in the order Tencent, Huawei, Itniotech. A vendor without any variable is left out. An empty
 * variable counts as not set.
 *
 * - Tencent: `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENT_CCC_SDK_APP_IDS` (comma-separated, or `all`); optional `TENCENTCLOUD_TOKEN`,
 *   `TENCENT_CCC_SITE`, `TENCENT_CCC_ENDPOINT`, `TENCENT_CCC_DEFAULT_COUNTRY`
 * - Huawei: `HUAWEI_CEC_APP_KEY`, `HUAWEI_CEC_APP_SECRET`; optional `HUAWEI_CEC_ENDPOINT`, `HUAWEI_CEC_AUTH_ENDPOINT`,
 *   `HUAWEI_CEC_DEFAULT_COUNTRY`
 * - Itniotech: `ITNIOTECH_API_KEY`, `ITNIOTECH_API_SECRET`; optional `ITNIOTECH_ENDPOINT`, `ITNIOTECH_DEFAULT_COUNTRY`
 *
 * @throws ConfigurationError when no variable of any vendor is set, naming the required ones; when only some of a vendor's required variables are set, naming
 * the missing ones; or when a value is invalid.
 */
export function providersFromEnvironment(environment: Environment = process.env): BuiltInProvider[] {
  const providers = vendors().flatMap((vendor) => providerFromEnvironment(vendor, environment) ?? []);
  if (providers.length > 0) return providers;
  const required = vendors().map((vendor) => {
    const names = Object.values(requiredVariables(vendor)).map((name) => `\`${name}\``);
    return `for ${vendor.id} ${names.join(", ")}`;
  });
  throw new ConfigurationError(
    `providersFromEnvironment: no vendor is configured, because none of its environment variables is set. Set all variables of at least one vendor: ${required.join("; ")}.`,
  );
}

/** Returns the provider of one vendor; null where none of its variables is set. @throws ConfigurationError as `providersFromEnvironment`. */
export function providerFromEnvironment(
  { id, factory, variables }: Vendor,
  environment: Environment,
): BuiltInProvider | null {
  const texts = Object.entries(variables).map(([option, variable]) => {
    return { option, variable, text: environment[variable.name]?.trim() ?? "" };
  });
  const set = texts.filter(({ text }) => text !== "");
  if (set.length === 0) return null;
  const missing = texts.filter(({ text, variable }) => text === "" && variable.isRequired);
  if (missing.length > 0)
    throw new ConfigurationError(
      `The environment variables ${missing.map(({ variable: { name } }) => `\`${name}\``).join(", ")} must be set too.`,
    );
  const options = set.map(({ option, variable, text }) => [option, readValue(id, variable, text)]);
  return factory(Object.fromEntries(options) as never);
}

function readValue(provider: string, { name, parse, rule = "valid" }: Variable, text: string): unknown {
  if (parse === undefined) return text;
  const value = parse(text);
  if (value === null)
    throw new ConfigurationError(`The environment variable \`${name}\` must be ${rule}.`, { provider });
  return value;
}
