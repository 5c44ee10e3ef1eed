import { clearTimeout, setTimeout } from "node:timers";
import { isPermanent, refusedError, unreachableError } from "./redis-errors.js";

/** A command may take this long, which includes the time until a lost connection is open again. */
export const COMMAND_TIMEOUT_MS = 5000;

/**
 * Returns the result of a command.
 * @param who the function that runs it, for messages.
 * @throws NetworkError that is `retryable` when Redis does not respond in time; ConfigurationError or NetworkError when it refuses the command.
 */
export async function withinTime<Result>(who: string, command: () => Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(unreachableError(who, COMMAND_TIMEOUT_MS, null));
    }, COMMAND_TIMEOUT_MS);
  });
  try {
    return await Promise.race([command(), timeout]);
  } catch (error) {
    if (isPermanent(error)) throw refusedError(who, error);
    throw unreachableError(who, null, error);
  } finally {
    clearTimeout(timer);
  }
}
