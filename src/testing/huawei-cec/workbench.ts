import { progressAt, type PlannedCall, type VendorRow } from "../data/planned-call.js";
import { callerOf } from "./detail-row.js";

/** The four keys that queryCallInfoByCallId wants. */
export interface WorkbenchKeys {
  /** The desk's own id of the call: no `callSerialNo`. */
  callId: string;
  /** Id of the user at the desk. */
  userId: string;
  /** The one tenant of the emulator. */
  tenantId: string;
  /** Id of the agent at the desk. */
  agentId: string;
}

/** The keys of a call; `callId` is the desk's own and no `callSerialNo`. Null for a call without an agent. */
export function workbenchKeys(call: PlannedCall): WorkbenchKeys | null {
  if (call.agent === null) return null;
  return {
    callId: `${Math.floor(call.startedAt / 1000)}-${call.id.slice(-3)}`,
    userId: `165226842953886${call.agent.staffNumber}`,
    tenantId: "202205116084",
    agentId: String(Number(call.agent.staffNumber) - 900),
  };
}

/** queryCallInfoByCallId: the call if it is at the agent's desk now, else an empty object. */
export function activeWorkbenchCall(calls: readonly PlannedCall[], keys: WorkbenchKeys, now: number): VendorRow {
  const call = calls.find((one) => {
    const progress = progressAt(one, now);
    const own = progress === "ringing" || progress === "talking" ? workbenchKeys(one) : null;
    return (
      own !== null &&
      own.callId === keys.callId &&
      own.userId === keys.userId &&
      own.tenantId === keys.tenantId &&
      own.agentId === keys.agentId
    );
  });
  if (call === undefined) return {};
  return {
    // Numbers on the page: zeros in front are lost.
    caller: Number(callerOf(call)),
    called: Number(call.customer),
    mediaAbility: 1,
    calldata: String(call.seed % 10),
    callId: keys.callId,
    callSkillId: call.agent?.groupId ?? 1,
    callSkill: call.agent?.groupName ?? "voice",
    callType: 7,
  };
}
