import { progressAt, type PlannedCall, type VendorRow } from "../data/planned-call.js";
import { callerOf } from "./detail-row.js";

/** The four keys that queryCallInfoByCallId requires. */
export interface WorkbenchKeys {
  /** The workbench's id of the call, which is not the `callSerialNo`. */
  callId: string;
  /** Id of the workbench user. */
  userId: string;
  /** The emulator's only tenant. */
  tenantId: string;
  /** Id of the agent. */
  agentId: string;
}

/** Returns the keys of a call; null for a call without an agent. */
export function workbenchKeys(call: PlannedCall): WorkbenchKeys | null {
  if (call.agent === null) return null;
  return {
    callId: `${Math.floor(call.startedAt / 1000)}-${call.id.slice(-3)}`,
    userId: `165226842953886${call.agent.staffNumber}`,
    tenantId: "202205116084",
    agentId: String(Number(call.agent.staffNumber) - 900),
  };
}

/** Returns the response of queryCallInfoByCallId: the call if it is active at the agent's workbench, else an empty object. */
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
    // The documentation declares numbers, so leading zeros are lost.
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
