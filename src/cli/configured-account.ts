import type { BuiltInProvider } from "../vendors.js";
import { ConfigurationError } from "../model/errors.js";

/** A configured account, whose configuration may be invalid. */
export interface ConfiguredAccount {
  /** The id of the provider. */
  provider: string;
  /** Its label, or the id of its provider if it has none. */
  account: string;
  opened: BuiltInProvider | ConfigurationError;
}

/** Returns the account, or the error in its configuration. */
export function openAccount<Opened>(open: () => Opened): Opened | ConfigurationError {
  try {
    return open();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}
