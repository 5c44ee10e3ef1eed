import { z } from "zod";
import type { SearchOperation } from "../../contract/lookup.js";
import type { ItniotechFilters } from "./records.js";

/** The keys of `findCall`. The vendor has no filter by id, so that the arguments `from` and `to` are required: every call of the range is read. */
export type ItniotechKeys = ItniotechKeyId | ItniotechSession;

/** The key of a record. */
export interface ItniotechKeyId {
  /** The vendor's primary key of the record: the record's `id`. */
  keyId: string;
}

/** The session of a call, which the vendor's pushes contain. */
export interface ItniotechSession {
  /** The session id: `relatedIds.callSessionId` of the record. */
  callSessionId: string;
}

const searchKey = z.string("must be a text").regex(/\S/, "must not be empty");

/** The searches for one call. */
export const findCallOperations: readonly SearchOperation<ItniotechKeys, ItniotechFilters>[] = [
  {
    type: "search",
    // Documented: an integer.
    keys: z.strictObject({ keyId: searchKey.regex(/^\d+$/, "must consist of digits") }),
    filters: () => ({}),
    matches: ({ id }, keys) => "keyId" in keys && id === keys.keyId,
    requiresRange: true,
  },
  {
    type: "search",
    keys: z.strictObject({ callSessionId: searchKey }),
    filters: () => ({}),
    matches: ({ relatedIds }, keys) => "callSessionId" in keys && relatedIds.callSessionId === keys.callSessionId,
    requiresRange: true,
  },
];
