import type { HttpResponse } from "../../contract/http.js";
import type { LookupOperation } from "../../contract/lookup.js";
import { callRecordOf } from "../../contract/call-record-of.js";
import type { FoundCall } from "../../model/call-record.js";
import { ResponseError } from "../../model/errors.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { errorAbout } from "../../engine/account/failure.js";
import { CallTimes } from "../../engine/lists/call-times.js";
import { readFields } from "../../engine/lists/optional-fields.js";
import { Progress } from "../../engine/lists/progress.js";
import { TOO_DEEP, tooDeepFieldOf } from "../../engine/lists/row-depth.js";
import { undocumented } from "../../engine/lists/schema-fault.js";
import type { Invocation } from "../invocation.js";

/** Requests one call from the vendor. Returns null where the vendor has no such call. @throws CallRecordsError when the request fails. */
export async function lookUp(
  session: AccountSession,
  operation: LookupOperation,
  keys: object,
  application: string | null,
  invocation: Invocation,
): Promise<FoundCall | null> {
  const { id, account } = session.provider;
  const { counters } = new Progress(session.provider, invocation.id);
  const errorContext = { operation: operation.name, window: null };
  const request = session.runAdapter("request", errorContext, () => operation.request(keys, { application }));
  const refused = (words: string) => errorAbout(ResponseError, session.errorContext(errorContext), `: ${words}`);
  const isNotFound = (response: HttpResponse) => operation.isNotFound?.(response) ?? false;
  const response = await session.requestOne(
    { ...errorContext, request, accepts: isNotFound, classify: (failed) => operation.classify?.(failed) ?? null },
    { signal: invocation.signal, counters, invocation: invocation.id },
  );
  return session.runAdapter("responseSchema, row or map", errorContext, () => {
    if (isNotFound(response)) return null;
    const found = operation.responseSchema.safeParse(response.body);
    if (found.success && found.data === null) return null;
    const deepField = found.success ? tooDeepFieldOf(found.data) : null;
    if (deepField !== null) throw refused(`the call: field \`${session.clean(deepField)}\` ${TOO_DEEP}.`);
    const { read, fault } = found.success ? readFields(operation.row, found.data) : { read: null, fault: found.error };
    if (read !== null) {
      const call = new CallTimes(session, operation).mapAnywhere(read, null, (checked) =>
        operation.map(checked, keys, { application }),
      );
      if (operation.matches?.(call, keys) === false)
        throw refused(`the vendor returned another call than the requested one: its id is ${session.clean(call.id)}.`);
      return callRecordOf(id, account, call, found.data);
    }
    throw refused(`the response ${session.clean(undocumented(fault))}`);
  });
}
