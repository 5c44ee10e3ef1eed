import { CallRecordsError, ConfigurationError, NetworkError } from "../../index.js";

/** Codes of Redis for a server that will work again: it restarts, fails over, or runs a long script. */
const TRANSIENT = new Set(["LOADING", "MASTERDOWN", "READONLY", "BUSY", "TRYAGAIN", "NOREPLICAS"]);
const NO_RIGHTS = new Set(["NOAUTH", "WRONGPASS", "NOPERM"]);

/** Returns the code of an error of Redis, such as `NOSCRIPT`; an empty text for an error of the connection. */
export function codeOf(error: unknown): string {
  return isReplyError(error) ? (/^[A-Z]+(?= )/.exec(error.message)?.[0] ?? "ERR") : "";
}

/** Whether Redis refused a command permanently. Otherwise it was not reached, or will work again. */
export function isPermanent(error: unknown): boolean {
  return error instanceof CallRecordsError || (isReplyError(error) && !TRANSIENT.has(codeOf(error)));
}

/**
 * Returns the error for a command that Redis refused. The original is not its cause, because it contains the arguments of the command.
 * @param who the function that ran it, and the account if there is one.
 */
export function refusedError(who: string, error: unknown): CallRecordsError {
  if (error instanceof CallRecordsError) return error;
  const code = codeOf(error);
  if (NO_RIGHTS.has(code))
    return new ConfigurationError(
      `${who}: Redis refused the user, the password or a command (${messageOf(error)}). The user needs the rights for the keys and channels of the prefix, and for EVALSHA, EVAL and SUBSCRIBE.`,
    );
  return new NetworkError(`${who}: Redis refused a command (${messageOf(error)}).`, { vendorCode: code });
}

/** Returns the error for a server that was not reached. @param waitedMs null: the command failed at once. */
export function unreachableError(who: string, waitedMs: number | null, error: unknown): NetworkError {
  const words = waitedMs === null ? "cannot be reached" : `has not responded for ${waitedMs / 1000} seconds`;
  const reason = error === null ? "" : ` (${messageOf(error)})`;
  return new NetworkError(`${who}: Redis ${words}${reason}. Check that Redis runs and can be reached.`, {
    retryable: true,
  });
}

function isReplyError(error: unknown): error is { message: string } {
  return hasMessage(error) && "name" in error && error.name === "ReplyError";
}

function messageOf(error: unknown): string {
  return hasMessage(error) ? error.message : String(error);
}

function hasMessage(error: unknown): error is { message: string } {
  return typeof error === "object" && error !== null && "message" in error && typeof error.message === "string";
}
