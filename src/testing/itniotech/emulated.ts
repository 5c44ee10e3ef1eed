import { itniotech } from "../../index.js";
import type { PlannedCall } from "../data/planned-call.js";
import { keyFor, type VendorDefinition } from "../vendor-definition.js";
import { CallTruth, type VendorTruth } from "../vendor-truth.js";
import { INBOUND_CALL_TYPE, OUTBOUND_CALL_TYPES, planItniotechCalls } from "./plan-calls.js";
import { recordRow } from "./record-row.js";
import { itniotechRefusal } from "./refusal.js";
import { ITNIOTECH_OPERATIONS, type ItniotechKeys, ItniotechService } from "./service.js";

export const emulatedItniotech: VendorDefinition<ItniotechKeys, VendorTruth> = {
  directions: ["inbound", "outbound"],
  directionsOf: (type) =>
    type === INBOUND_CALL_TYPE
      ? ["inbound"]
      : OUTBOUND_CALL_TYPES.includes(type)
        ? ["outbound"]
        : ["inbound", "outbound"],
  operations: ITNIOTECH_OPERATIONS,
  hasApplications: false,
  recordsOperation: "v3/cc/record/query",
  recordings: {
    audioOperation: "voice/getVoiceFile",
    retentionSeconds: Number.POSITIVE_INFINITY,
    hasRanges: false,
    addressSeconds: Number.POSITIVE_INFINITY,
  },
  recordingGone: () => itniotechRefusal("voice/getVoiceFile", -24),
  requestsPerSecond: 10,
  keyIdOf({ headers: { "api-key": keyId } }) {
    return typeof keyId === "string" ? keyId : null;
  },
  refusals: {
    throttled: (operation) => itniotechRefusal(operation, -15),
    "internal-error": (operation) => itniotechRefusal(operation, -18),
    "clock-refused": (operation) => itniotechRefusal(operation, -16),
    "too-much-data": (operation) => itniotechRefusal(operation, -23),
  },
  setUp({ accountIndex, now, numberMatching }) {
    // The keys in the vendor's documentation, so that a test can verify its sample signature (`Timestamp` 1630468800).
    const credentials: ItniotechKeys = {
      apiKey: keyFor("bDqJFiq9", accountIndex),
      apiSecret: keyFor("7bz1lzh9", accountIndex),
    };
    return {
      credentials,
      keyId: credentials.apiKey,
      environment: (endpoint) => ({
        ITNIOTECH_API_KEY: credentials.apiKey,
        ITNIOTECH_API_SECRET: credentials.apiSecret,
        ITNIOTECH_ENDPOINT: endpoint,
      }),
      provider: (options) => itniotech({ ...credentials, ...options }),
      planCalls: planItniotechCalls,
      create({ calls, rules, wallClock, maxRows, requestsPerSecond, monotonic, recordings }) {
        const row = (call: PlannedCall) => recordRow(call, wallClock);
        return {
          vendor: new ItniotechService(calls, rules, {
            keys: credentials,
            now,
            requestsPerSecond,
            monotonic,
            wallClock,
            maxRows,
            numberMatching: numberMatching ?? "exact",
            recordings,
          }),
          truth: new CallTruth(calls, now, row, row),
        };
      },
    };
  },
};
