import { z } from "zod";
import type { HttpResponse } from "../../contract/http.js";
import type { FindCallOperation, HistorySearch } from "../../contract/lookup.js";
import { wireMapped } from "../../contract/wire-schema.js";
import { mapSession } from "./map.js";
import { telSessionRequest, type TencentCccFilters } from "./request.js";
import { failureSchema, type Session, sessionSchema } from "./wire.js";

/** The keys of `findCall`. */
export interface TencentCccKeys {
  /** The session id: the record's `id`. */
  sessionId: string;
}

/** The account's settings for the lookup of one call. */
interface FindCallSettings {
  endpoint: string;
  /** ISO 3166 code of the country of numbers without a country code, or null. */
  defaultCountry: string | null;
  /** Whether `DescribeTelSession` is sent. */
  asksSession: boolean;
  /** Further codes that mean that there is no such session. */
  notFoundCodes: readonly string[];
}

/**
 * Documented for the whole API: `InvalidParameterValue.RecordNotExist`. Not documented: which code `DescribeTelSession` returns for an unknown session. These are
 * the usual forms of such a code.
 */
const NOT_FOUND =
  /^(?:InvalidParameter(?:Value)?|FailedOperation|ResourceNotFound)\.(?:Tel)?(?:Record|Session|SessionId)Not(?:Exist|Exists|Found)$/i;

const keys = z.strictObject({ sessionId: z.string("must be a text").regex(/\S/, "must not be empty") });

/** The call in the history: the vendor's own filter selects it. */
const history: HistorySearch<TencentCccKeys, TencentCccFilters> = {
  filters: ({ sessionId }) => ({ sessionIds: [sessionId] }),
  matches: (call, { sessionId }) => call.id === sessionId,
};

/** A session of null means that there is none. */
const responseSchema = wireMapped(
  z.looseObject({ Response: z.looseObject({ Session: z.looseObject({}).nullable() }) }),
  "a session",
  ({ Response: { Session } }) => Session,
);

/**
 * Returns the lookup of one call by its session id: `DescribeTelSession`, which also finds an active call, and then the history. An ended call is read from the
 * history, because the session has neither its end nor its recordings.
 */
export function findCallOperation({
  endpoint,
  defaultCountry,
  asksSession,
  notFoundCodes,
}: FindCallSettings): FindCallOperation<TencentCccKeys, Session, TencentCccFilters> {
  if (!asksSession) return { type: "search", keys, ...history };
  return {
    type: "lookup",
    name: "DescribeTelSession",
    keys,
    perApplication: true,
    request: ({ sessionId }, { application }) => telSessionRequest(endpoint, { application, sessionId }),
    responseSchema,
    isNotFound: (response) => isNotFound(response, notFoundCodes),
    row: sessionSchema,
    times: { start: ["StartTimestamp"], others: ["RingTimestamp", "AcceptTimestamp"] },
    map: (row, _, { application }) => mapSession(row, { partition: { application, parameters: {} } }, defaultCountry),
    matches: ({ id }, { sessionId }) => id === sessionId,
    history,
  };
}

function isNotFound({ body }: HttpResponse, notFoundCodes: readonly string[]): boolean {
  const code = failureSchema.safeParse(body).data?.Response.Error?.Code ?? null;
  return code !== null && (NOT_FOUND.test(code) || notFoundCodes.includes(code));
}
