import { z } from "zod";
import type { FindCallOperation } from "../../contract/provider.js";
import type { TencentCccFilters } from "./filters.js";

/** What a call is found by. */
export interface TencentCccKeys {
  /** The session's id: the record's `id`. */
  sessionId: string;
}

/** One session, searched for in the history by the vendor's own filter. */
export const findCallOperation: FindCallOperation<TencentCccKeys, unknown, TencentCccFilters> = {
  type: "search",
  keys: z.strictObject({ sessionId: z.string().min(1, "must not be empty") }),
  filters: ({ sessionId }) => ({ sessionIds: [sessionId] }),
  matches: (call, { sessionId }) => call.id === sessionId,
};
