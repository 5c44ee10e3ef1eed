import { knownAt, type PlannedCall, type VendorRow } from "../data/planned-call.js";
import { detailRow } from "./detail-row.js";

const MAX_LENGTH = 50;
/** The fields of a detail row that the state of a call also has. */
const FIELDS = ["state", "reasonCode", "callData", "caller", "called", "callerPresent", "agentPresent"];

/** Returns the response of queryCallState: the state of a call that has begun. */
export function queryCallState(calls: ReadonlyMap<string, PlannedCall>, callSerialNo: unknown, now: number): VendorRow {
  if (typeof callSerialNo !== "string" || callSerialNo === "" || callSerialNo.length > MAX_LENGTH)
    return { retCode: "3", retMsg: "The format of callSerialNo is incorrect." };
  const call = calls.get(callSerialNo);
  if (call === undefined || call.startedAt > now || now >= call.removedAt)
    return { retCode: "1", retMsg: "The call state is not found." };
  const row = detailRow(call, now);
  const result: VendorRow = { startTime: String(call.startedAt) };
  for (const name of FIELDS) if (name in row) result[name] = row[name];
  const endedAt = knownAt(call.endedAt, now);
  if (endedAt !== null) result.endTime = String(endedAt);
  return { retCode: "0", retMsg: "success", result };
}
