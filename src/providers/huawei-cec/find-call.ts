import { z } from "zod";
import type { FindCallOperation, LookupOperation } from "../../contract/lookup.js";
import { findByState, type HuaweiCecStateKeys } from "./call-state.js";
import { mapDeskCall } from "./map.js";
import type { HuaweiCecFilters } from "./records.js";
import { deskCallResponse, deskCallRow, type DeskCallRow } from "./wire.js";

/** The keys of `findCall`: those of any call, or those of a call on an agent's workbench. */
export type HuaweiCecKeys = HuaweiCecStateKeys | HuaweiCecDeskKeys;

/** The keys of a call on an agent's workbench. The vendor requires all four. */
export interface HuaweiCecDeskKeys {
  /** The workbench's id of the call. Not documented: whether it is the `id` of a record (`callSerialNo`). */
  callId: string;
  /** The id of the user. Not documented: of which user. */
  userId: string;
  /** The tenant id: the vendor's id of the company. */
  tenantId: string;
  /** The id of the agent: the `agent.id` of the call that is found. */
  agentId: string;
}

const key = z.string("must be a text").regex(/\S/, "must not be empty");

/** Returns the lookups of one call: by its `callSerialNo`, and by the keys of an agent's workbench. */
export function findCallOperations(
  endpoint: string,
  headers: Record<string, string>,
  defaultCountry: string | null,
): readonly FindCallOperation<HuaweiCecKeys, unknown, HuaweiCecFilters>[] {
  return [findByState(endpoint, headers, defaultCountry), findAtDesk(endpoint, headers)];
}

/** Returns the lookup of a call that is currently on an agent's workbench. It does not search the call history. */
function findAtDesk(
  endpoint: string,
  headers: Record<string, string>,
): LookupOperation<HuaweiCecDeskKeys, DeskCallRow, HuaweiCecFilters> {
  return {
    type: "lookup",
    name: "queryCallInfoByCallId",
    keys: z.strictObject({ callId: key, userId: key, tenantId: key, agentId: key }),
    request: ({ callId, userId, tenantId, agentId }) => ({
      method: "POST",
      url: `${endpoint}/apiaccess/rest/workbench/v1/queryCallInfoByCallId`,
      headers: { ...headers },
      body: { callId, userId, tenantId, agentId },
    }),
    responseSchema: deskCallResponse,
    row: deskCallRow,
    map: (row, { agentId }) => mapDeskCall(row, agentId),
    matches: ({ id }, { callId }) => id === callId,
  };
}
