import { CallRecordsError, ResponseError } from "../../model/errors.js";
import type { Concern } from "./failure.js";

/**
 * What a piece of an adapter threw, as an error of ours. Adapters are made for what vendors document; what they throw at anything else becomes an
 * error that says whose answer it was.
 * @param clean removes secrets from the words of what was thrown.
 */
export function adapterFault(part: string, concern: Concern, clean: (text: string) => string, thrown: unknown): CallRecordsError {
  if (thrown instanceof CallRecordsError) return thrown;
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : "something that is no error";
  return new ResponseError(
    `${concern.account}: ${concern.operation}: the adapter's \`${part}\` failed (${clean(words)}). Either the vendor answers what it does not document, or the adapter is wrong.`,
    concern,
  );
}
