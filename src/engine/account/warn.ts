import type { UntimedEvent } from "../../model/events.js";

/** The row that a warning is about. Neither text contains a secret. */
interface WarnedRow {
  key?: string | null;
  field?: string | null;
}

/** Emits a warning of an account about an operation. The message follows the account. */
export type Warn = (operation: string, message: string, row?: WarnedRow) => void;

/** Returns the function that emits the warnings of an account. */
export function warnOf(account: string, emit: (event: UntimedEvent) => void): Warn {
  return (operation, message, { key = null, field = null } = {}) => {
    emit({ type: "warning", account, operation, message: `${account}: ${message}`, key, field });
  };
}
