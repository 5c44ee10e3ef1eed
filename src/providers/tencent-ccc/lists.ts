import { z } from "zod";
import type { Retention } from "../../contract/options.js";
import type { ListOperation, MappedCall, PagingRule, UsageReading, WindowRule } from "../../contract/provider.js";
import { filtersSchema, type TencentCccFilters } from "./filters.js";
import { SESSIONS, USAGE } from "./limits.js";
import { mapCallInfo, mapCdr, mapSession } from "./map.js";
import { applicationPartitions, callInfoRequest, cdrRequest, sessionRequest } from "./request.js";
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

/** Where an account is asked, and for which applications. */
interface Target {
  endpoint: string;
  sdkAppIds: readonly number[];
}

/** What may be asked of the history. */
interface HistoryLimits extends Retention {
  window: WindowRule;
  paging: PagingRule;
}

const noFilters = z.strictObject({});

/** The history, DescribeTelCdr. */
export function recordsOperation(
  { endpoint, sdkAppIds }: Target,
  limits: HistoryLimits,
): ListOperation<MappedCall, Cdr, TencentCccFilters> {
  return {
    name: "DescribeTelCdr",
    filters: filtersSchema,
    partitions: () => applicationPartitions(sdkAppIds),
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
      ],
      talkSeconds: ["Duration"],
      otherSeconds: ["IVRDuration"],
    },
    // Links to a store, some of them signed for a time.
    volatile: { queriesOf: ["RecordURL", "CustomRecordURL", "AsrUrl", "VoicemailRecordURL", "VoicemailAsrURL"] },
    key: (row) => row.SessionId,
    map: mapCdr,
  };
}

/** The vendor's own count, DescribeTelCallInfo. */
export function usageOperation({ endpoint, sdkAppIds }: Target): ListOperation<UsageReading, CallInfo> {
  return {
    name: "DescribeTelCallInfo",
    filters: noFilters,
    partitions: () => applicationPartitions(sdkAppIds),
    ...USAGE,
    // Not documented.
    retentionSeconds: null,
    paging: { style: "none" },
    request: (query) => callInfoRequest(endpoint, query),
    responseSchema: callInfoResponseSchema,
    row: callInfoSchema,
    // One reading for each window and application.
    key: () => "usage",
    map: mapCallInfo,
  };
}

/** The sessions going on, DescribePSTNActiveSessionList. */
export function activeCallsOperation({ endpoint, sdkAppIds }: Target): ListOperation<MappedCall, Session> {
  return {
    name: "DescribePSTNActiveSessionList",
    filters: noFilters,
    partitions: () => applicationPartitions(sdkAppIds),
    window: null,
    retentionSeconds: null,
    ...SESSIONS,
    request: (query) => sessionRequest(endpoint, query),
    responseSchema: sessionResponseSchema,
    row: sessionSchema,
    times: { start: ["StartTimestamp"], others: ["RingTimestamp", "AcceptTimestamp"] },
    key: (row) => row.SessionID,
    map: mapSession,
  };
}
