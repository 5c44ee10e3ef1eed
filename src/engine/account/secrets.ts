import type { Provider } from "../../contract/provider.js";
import { ConfigurationError } from "../../model/errors.js";

/** Returns the secrets of an account. @throws ConfigurationError when the adapter returns none. Its own error is not quoted, as it may contain a secret. */
export function secretsOf(provider: Pick<Provider, "id" | "account" | "secrets">): readonly string[] {
  try {
    const secrets: unknown = provider.secrets();
    if (Array.isArray(secrets) && secrets.every((secret) => typeof secret === "string")) return secrets;
  } catch {
    // Reported below.
  }
  const { account, id } = provider;
  throw new ConfigurationError(
    `${account}: the adapter's \`secrets\` must return the account's secrets, as a list of strings.`,
    { provider: id, account },
  );
}
