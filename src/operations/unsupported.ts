import type { Provider } from "../contract/provider.js";
import { UnsupportedError } from "../model/errors.js";

/** Returns the error for an operation that the vendor of an account does not have. @param words follow the account in the message. */
export function unsupported({ id, account }: Provider, operation: string, words: string): UnsupportedError {
  return new UnsupportedError(`${account}: ${words}`, { provider: id, account, operation });
}
