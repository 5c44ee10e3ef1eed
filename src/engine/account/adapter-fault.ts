import { CallRecordsError, ResponseError } from "../../model/errors.js";
import { type ErrorContext, withoutSecrets } from "./failure.js";
import { wordsOf } from "./thrown.js";

/**
 * What a piece of an adapter threw, as an error of ours. Adapters are made for what vendors document; what they throw at anything else becomes an
 * error that says whose answer it was.
 * @param clean removes secrets from the words of what was thrown.
 */
export function adapterFault(
  part: string,
  errorContext: ErrorContext,
  clean: (text: string) => string,
  thrown: unknown,
): CallRecordsError {
  if (thrown instanceof CallRecordsError) return withoutSecrets(thrown, clean);
  return new ResponseError(
    `${errorContext.account}: ${errorContext.operation}: the adapter's \`${part}\` failed (${clean(wordsOf(thrown))}). Either the vendor answers what it does not document, or the adapter is wrong.`,
    errorContext,
  );
}
