import { tencentCcc } from "../../index.js";
import { randomUuid } from "../data/uuid.js";
import { keyFor, type Refuse, type VendorDefinition } from "../vendor-definition.js";
import { STORE_OPERATION } from "../recordings/recording-store.js";
import { TENCENT_ACTIONS, TencentRecords } from "./actions.js";
import { tencentResponse } from "./envelope.js";
import { TencentGateway, type TencentKeys } from "./gateway.js";
import { INTERNAL_CALL_TYPE, planTencentCalls } from "./plan-calls.js";
import { readAuthorization } from "./signature.js";
import { TencentRecordings } from "./recordings.js";
import { TencentCallTruth, type TencentTruth } from "./truth.js";

/** The credentials of Tencent's provider. */
export interface TencentCredentials extends TencentKeys {
  /** The applications that the keys may read. */
  sdkAppIds: readonly number[];
}

const refuse =
  (first: string, ...codes: string[]): Refuse =>
  (operation, random) => {
    const code = random.pick([first, ...codes]);
    return tencentResponse(
      operation,
      () => ({ Error: { Code: code, Message: "The request was refused. Please try again later." } }),
      randomUuid(random),
      code,
    );
  };

export const emulatedTencent: VendorDefinition<TencentCredentials, TencentTruth> = {
  directions: ["inbound", "outbound", "internal"],
  directionsOf: (type) => (type === INTERNAL_CALL_TYPE ? ["internal"] : ["inbound", "outbound"]),
  operations: TENCENT_ACTIONS,
  hasApplications: true,
  recordsOperation: "DescribeTelCdr",
  activeCallsOperation: "DescribePSTNActiveSessionList",
  recordings: {
    audioOperation: STORE_OPERATION,
    addressOperation: "DescribeSessionDetail",
    retentionSeconds: 90 * 86_400,
    hasRanges: true,
    addressSeconds: 86_400,
  },
  requestsPerSecond: 20,
  keyIdOf({ headers }) {
    return readAuthorization(headers.authorization ?? "")?.secretId ?? null;
  },
  refusals: {
    throttled: refuse("RequestLimitExceeded", "RequestLimitExceeded.UinLimitExceeded"),
    "internal-error": refuse("InternalError", "InternalError.DBError"),
    "clock-refused": refuse("AuthFailure.SignatureExpire"),
    "too-much-data": refuse("ResponseSizeLimitExceeded"),
  },
  setUp({ accountIndex, sdkAppIds, tencentToken, now, numberMatching }) {
    const credentials: TencentCredentials = {
      secretId: keyFor("AKIDemulatorsecretid0000000000000000", accountIndex),
      secretKey: keyFor("emulator-tencent-secret-key-3f9c", accountIndex),
      sdkAppIds,
      ...(tencentToken === null ? {} : { token: tencentToken }),
    };
    return {
      credentials,
      keyId: credentials.secretId,
      environment: (endpoint) => ({
        TENCENTCLOUD_SECRET_ID: credentials.secretId,
        TENCENTCLOUD_SECRET_KEY: credentials.secretKey,
        ...(tencentToken === null ? {} : { TENCENTCLOUD_TOKEN: tencentToken }),
        TENCENT_CCC_SDK_APP_IDS: sdkAppIds.join(","),
        TENCENT_CCC_ENDPOINT: endpoint,
      }),
      provider: (options) => tencentCcc({ ...credentials, ...options }),
      planCalls: (generation, custom) => planTencentCalls(generation, sdkAppIds, custom),
      create({
        calls,
        rules,
        wallClock,
        maxRows,
        requestsPerSecond,
        monotonic,
        random,
        recordings: kept,
        createStore,
      }) {
        const recordings = new TencentRecordings(calls, kept, now, createStore);
        const records = new TencentRecords(calls, rules, {
          ...{ sdkAppIds, wallClock, now, maxRows },
          numberMatching: numberMatching ?? "exact",
          recordings,
        });
        return {
          vendor: new TencentGateway(records, { keys: credentials, now, requestsPerSecond, monotonic, random }),
          store: recordings.store,
          truth: new TencentCallTruth(calls, now, records, wallClock),
        };
      },
    };
  },
};
