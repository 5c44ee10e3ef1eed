import { CallRecordsError, ResponseError } from "../../model/errors.js";
import type { Concern } from "./failure.js";

/**
 * Runs a piece of an adapter. Adapters are made for what vendors document; what they throw at anything else becomes an error that says whose
 * answer it was.
 * @param clean removes secrets from the words of what was thrown.
 * @throws ResponseError in place of any exception of the adapter's.
 */
export function runAdapter<Result>(part: string, concern: Concern, clean: (text: string) => string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof CallRecordsError) throw error;
    const thrown = error instanceof Error ? `${error.name}: ${error.message}` : "something that is no error";
    throw new ResponseError(
      `${concern.account}: ${concern.operation}: the adapter's \`${part}\` failed (${clean(thrown)}). Either the vendor answers what it does not document, or the adapter is wrong.`,
      concern,
    );
  }
}
