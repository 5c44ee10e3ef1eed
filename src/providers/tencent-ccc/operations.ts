import { z } from "zod";
import type { Retention } from "../../contract/options.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type { ListOperation, NumberFilterRule, PagingRule, UsageReading, WindowRule } from "../../contract/provider.js";
import { SESSIONS, USAGE } from "./limits.js";
import { mapCallInfo, mapCdr, mapSession } from "./map.js";
import {
  applicationPartitions,
  callInfoRequest,
  cdrRequest,
  filtersSchema,
  sessionRequest,
  type TencentCccFilters,
} from "./request.js";
import {
  callInfoResponseSchema,
  callInfoSchema,
  cdrResponseSchema,
  cdrSchema,
  sessionResponseSchema,
  sessionSchema,
  type CallInfo,
  type Cdr,
  type Session,
} from "./wire.js";

/** The endpoint that receives the requests, and the applications to read. */
interface Target {
  endpoint: string;
  sdkAppIds: readonly number[] | "all";
  /** ISO 3166 code of the country of numbers without a country code, or null. */
  defaultCountry: string | null;
}

/** The account's limits for the call history. */
interface HistoryLimits extends Retention {
  window: WindowRule;
  paging: PagingRule;
  numberFilter: NumberFilterRule;
}

const noFilters = z.strictObject({});

/** Returns the call history, DescribeTelCdr. */
export function recordsOperation(
  { endpoint, sdkAppIds, defaultCountry }: Target,
  limits: HistoryLimits,
): ListOperation<MappedCall, Cdr, TencentCccFilters> {
  return {
    name: "DescribeTelCdr",
    filters: filtersSchema,
    partitions: (_filters, applications) => applicationPartitions(sdkAppIds, applications),
    ...limits,
    // Times are Unix seconds.
    dependsOnTimeZone: false,
    request: (query) => cdrRequest(endpoint, query),
    responseSchema: cdrResponseSchema,
    row: cdrSchema,
    times: {
      start: ["Time", "StartTimestamp"],
      others: [
        "QueuedTimestamp",
        "RingTimestamp",
        "AcceptTimestamp",
        "EndedTimestamp",
        "ServeParticipants[].StartTimestamp",
        "ServeParticipants[].RingTimestamp",
        "ServeParticipants[].AcceptTimestamp",
        "ServeParticipants[].EndedTimestamp",
        "IVRKeyPressed[].Timestamp",
        "IVRKeyPressedEx[].Timestamp",
      ],
      talkSeconds: ["Duration"],
      otherSeconds: ["IVRDuration"],
    },
    // Links to stored files. The query of a link may contain a signature that expires.
    volatile: { queriesOf: ["RecordURL", "CustomRecordURL", "AsrUrl", "VoicemailRecordURL", "VoicemailAsrURL"] },
    key: (row) => row.SessionId,
    map: (row, context) => mapCdr(row, context, defaultCountry),
  };
}

/** Returns the vendor's own usage count, DescribeTelCallInfo. */
export function usageOperation({ endpoint, sdkAppIds }: Target): ListOperation<UsageReading, CallInfo> {
  return {
    name: "DescribeTelCallInfo",
    filters: noFilters,
    partitions: (_filters, applications) => applicationPartitions(sdkAppIds, applications),
    ...USAGE,
    // Not documented.
    retentionSeconds: null,
    paging: { style: "none" },
    request: (query) => callInfoRequest(endpoint, query),
    responseSchema: callInfoResponseSchema,
    row: callInfoSchema,
    // There is one reading for each window and application.
    key: () => "usage",
    map: mapCallInfo,
  };
}

/** Returns the active sessions, DescribePSTNActiveSessionList. */
export function activeCallsOperation({
  endpoint,
  sdkAppIds,
  defaultCountry,
}: Target): ListOperation<MappedCall, Session> {
  return {
    name: "DescribePSTNActiveSessionList",
    filters: noFilters,
    partitions: (_filters, applications) => applicationPartitions(sdkAppIds, applications),
    window: null,
    retentionSeconds: null,
    ...SESSIONS,
    request: (query) => sessionRequest(endpoint, query),
    responseSchema: sessionResponseSchema,
    row: sessionSchema,
    times: { start: ["StartTimestamp"], others: ["RingTimestamp", "AcceptTimestamp"] },
    key: (row) => row.SessionID,
    map: (row, context) => mapSession(row, context, defaultCountry),
  };
}
