/**
 * Huawei Cloud CEC (besclouds) by itself: the same `huaweiCec` as in the main entry, for those who import vendor by vendor.
 * @module call-records/huawei-cec
 */
import { overridePaging, parseOptions, overrideRetention, overrideWindow } from "../../contract/options.js";
import { CONTRACT_VERSION, defineProvider, type Provider } from "../../contract/provider.js";
import type { HuaweiCecFilters } from "./filters.js";
import { findCallOperation, type HuaweiCecKeys } from "./find-call.js";
import { RECORDS_PAGING, RECORDS_RETENTION, RECORDS_WINDOW } from "./limits.js";
import { DEFAULT_ENDPOINT, optionsSchema, type HuaweiCecOptions } from "./options.js";
import { recordsOperation } from "./records.js";
import { tokenAuth } from "./token.js";
import { classify } from "./classify.js";

export type { HuaweiCecFilters, HuaweiCecKeys, HuaweiCecOptions };

/** A header value shorter than this is no credential; keeping it out of messages would only garble them. */
const SHORTEST_SECRET_HEADER = 8;

/** An account at Huawei Cloud CEC. */
export type HuaweiCecProvider = Provider<"huawei-cec", HuaweiCecFilters, HuaweiCecKeys>;

/**
 * An account at Huawei Cloud CEC, at `https://service.besclouds.com` unless `endpoint` says otherwise: its history, the union of task types 0 and 4, in
 * windows of at most 7 days (documented), calls going on out of that history, and calls at an agent's desk now. The vendor states no rate, and not how long
 * it keeps calls.
 * @throws ConfigurationError naming each option that is missing, wrong or unknown.
 */
export function huaweiCec(options: HuaweiCecOptions): HuaweiCecProvider {
  const { appKey, appSecret, headers, ...settings } = parseOptions("huaweiCec", optionsSchema, options, "huawei-cec");
  const endpoint = settings.endpoint ?? DEFAULT_ENDPOINT;
  const authEndpoint = settings.authEndpoint ?? endpoint;
  return defineProvider({
    contract: CONTRACT_VERSION,
    id: "huawei-cec",
    account: settings.account,
    timeZone: settings.timeZone,
    rate: settings.rate,
    longestCallSeconds: settings.longestCallSeconds,
    settleSeconds: settings.settleSeconds,
    auth: tokenAuth({ authEndpoint, appKey, appSecret, ttlSeconds: settings.tokenTtlSeconds }),
    operations: {
      records: recordsOperation({
        endpoint,
        headers,
        window: overrideWindow(settings, RECORDS_WINDOW),
        paging: overridePaging(settings, RECORDS_PAGING),
        retention: overrideRetention(settings, RECORDS_RETENTION),
      }),
      activeCalls: "records",
      findCall: findCallOperation(endpoint, headers),
    },
    classify: (response) => classify(response, settings.renewTokenOn),
    identity: () => ({ endpoint, publicKey: appKey }),
    // What a gateway's header carries may be a credential as well.
    secrets: () => [appSecret, ...Object.values(headers).filter((value) => value.length >= SHORTEST_SECRET_HEADER)],
  });
}
