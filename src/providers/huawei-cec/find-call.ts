import { z } from "zod";
import type { FindCallOperation } from "../../contract/provider.js";
import type { HuaweiCecFilters } from "./filters.js";
import { mapDeskCall } from "./map.js";
import { deskCallResponse, deskCallRow, type DeskCallRow } from "./wire.js";

/** What names a call at an agent's desk. The vendor requires all four. */
export interface HuaweiCecKeys {
  /** The desk's id of the call. It is not known to be the `id` of a record (`callSerialNo`). */
  callId: string;
  /** The user's id; which user is meant is not documented. */
  userId: string;
  /** The tenant's id: the company's own at the vendor. */
  tenantId: string;
  /** Id of the agent: the `agent.id` of what is found. */
  agentId: string;
}

const key = z.string().regex(/\S/, "must not be empty");

/** Finds a call that is at an agent's desk now. It does not look into the history. */
export function findCallOperation(
  endpoint: string,
  headers: Record<string, string>,
): FindCallOperation<HuaweiCecKeys, DeskCallRow, HuaweiCecFilters> {
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
