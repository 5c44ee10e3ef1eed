import type { BuiltInProvider } from "../vendors.js";
import { ConfigurationError } from "../model/errors.js";

/** One account that is configured, well or badly. */
export interface ConfiguredAccount {
  /** The provider's id. */
  provider: string;
  /** Its label, or where that is not known its provider's id. */
  account: string;
  opened: BuiltInProvider | ConfigurationError;
}

/** The account, or what is wrong with its configuration. */
export function openAccount<Opened>(open: () => Opened): Opened | ConfigurationError {
  try {
    return open();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}
