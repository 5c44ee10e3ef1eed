import type { CallRecord, ReceivedPush } from "call-records";

/** Returns the push of a call as its vendor sends it, made from the row of its record. */
export function pushOf({ provider, application, raw }: CallRecord): ReceivedPush & { body: string } {
  const row = raw as Record<string, unknown>;
  if (provider === "tencent-ccc")
    return {
      query: { action: "cdr", version: "1" },
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...row, SdkAppId: Number(application) }),
    };
  if (provider === "huawei-cec") {
    const { startTime, reasonCode } = row;
    const fields = without(row, ["startTime", "endTime", "state", "reasonCode", "taskType"]);
    return { body: JSON.stringify({ ...fields, createCallTime: startTime, releaseReason: reasonCode }) };
  }
  return { body: JSON.stringify(without(row, ["keyId"])) };
}

function without(row: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
}
