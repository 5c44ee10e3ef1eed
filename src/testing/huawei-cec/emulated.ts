import { huaweiCec } from "../../index.js";
import { STORE_OPERATION } from "../recordings/recording-store.js";
import { jsonObject } from "../vendor.js";
import { keyFor, type VendorDefinition } from "../vendor-definition.js";
import { huaweiFailure, UNAUTHORIZED } from "./failure.js";
import { planHuaweiCalls } from "./plan-calls.js";
import { HUAWEI_OPERATIONS, type HuaweiKeys, HuaweiService } from "./service.js";
import { HuaweiRecordings } from "./recordings.js";
import { HuaweiCallTruth, type HuaweiTruth } from "./truth.js";

export const emulatedHuawei: VendorDefinition<HuaweiKeys, HuaweiTruth> = {
  directions: ["outbound"],
  directionsOf: () => ["outbound"],
  operations: HUAWEI_OPERATIONS,
  hasApplications: false,
  recordsOperation: "queryCallDetailRecord",
  tokenOperation: "tokenByAkSk",
  recordings: {
    audioOperation: STORE_OPERATION,
    addressOperation: "getRecordingAddress",
    retentionSeconds: Number.POSITIVE_INFINITY,
    hasRanges: true,
    addressSeconds: 300,
  },
  requestsPerSecond: 10,
  keyIdOf({ headers, body }) {
    const keyId = headers["x-app-key"] ?? jsonObject(body)?.get("app_key");
    return typeof keyId === "string" ? keyId : null;
  },
  refusals: {
    throttled: (operation) => huaweiFailure(operation, 429, "Too many requests."),
    "internal-error": (operation) => huaweiFailure(operation, 503, "The service is unavailable."),
    unauthorized: (operation) => huaweiFailure(operation, 401, UNAUTHORIZED),
    "no-token": (operation) => ({
      status: 200,
      body: JSON.stringify({ ApplyType: "Bearer", Expires: "600" }),
      operation,
      refusal: null,
    }),
  },
  setUp({ accountIndex, now, tokenTtlSeconds, tokenDelayMs, numberMatching }) {
    const credentials: HuaweiKeys = {
      appKey: keyFor("9emulatorappkey00000000000000003", accountIndex),
      appSecret: keyFor("emulator-huawei-app-secret-7b21", accountIndex),
    };
    return {
      credentials,
      keyId: credentials.appKey,
      environment: (endpoint) => ({
        HUAWEI_CEC_APP_KEY: credentials.appKey,
        HUAWEI_CEC_APP_SECRET: credentials.appSecret,
        HUAWEI_CEC_ENDPOINT: endpoint,
      }),
      provider: (options) => huaweiCec({ ...credentials, ...options }),
      planCalls: planHuaweiCalls,
      create({ calls, rules, requestsPerSecond, monotonic, random, recordings: kept, createStore }) {
        const recordings = new HuaweiRecordings(calls, kept, now, createStore);
        const settings = {
          keys: credentials,
          now,
          requestsPerSecond,
          monotonic,
          tokenTtlSeconds,
          tokenDelayMs,
          random,
          // Documented: the filter finds calls by their caller.
          numberMatching: numberMatching ?? "caller",
        };
        const vendor = new HuaweiService(calls, rules, settings, recordings);
        return { vendor, store: recordings.store, truth: new HuaweiCallTruth(calls, now) };
      },
    };
  },
};
