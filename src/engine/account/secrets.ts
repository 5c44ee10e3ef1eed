import type { Provider } from "../../contract/provider.js";
import { ConfigurationError } from "../../model/errors.js";

/** What an account must never show. @throws ConfigurationError when the adapter does not tell them. What it throws is not quoted, as it may hold one. */
export function secretsOf(provider: Pick<Provider, "id" | "account" | "secrets">): readonly string[] {
  try {
    const secrets: unknown = provider.secrets();
    if (Array.isArray(secrets) && secrets.every((secret) => typeof secret === "string")) return secrets;
  } catch {
    // Told below.
  }
  const { account, id } = provider;
  throw new ConfigurationError(
    `${account}: the adapter's \`secrets\` must return the account's secrets, as a list of texts.`,
    { provider: id, account },
  );
}
