/**
 * Huawei Cloud CEC (besclouds) alone: the same `huaweiCec` as in the main entry point, for programs that import each vendor separately.
 * @module call-records/huawei-cec
 */
import { overridePaging, overrideRetention, overrideWindow } from "../../contract/options.js";
import { parseOptions } from "../../contract/parse-options.js";
import { CONTRACT_VERSION, defineProvider, type Provider } from "../../contract/provider.js";
import type { HuaweiCecStateKeys } from "./call-state.js";
import { findCallOperations, type HuaweiCecDeskKeys, type HuaweiCecKeys } from "./find-call.js";
import { NUMBER_FILTER, RECORDS_PAGING, RECORDS_RETENTION, RECORDS_WINDOW } from "./limits.js";
import { DEFAULT_ENDPOINT, optionsSchema, type HuaweiCecOptions } from "./options.js";
import { PROVIDED_VALUES } from "./provided-values.js";
import { recordingsOperation } from "./recordings.js";
import { recordsOperation, type HuaweiCecFilters } from "./records.js";
import { tokenAuth } from "./token.js";
import { Zone } from "../../contract/zone.js";
import { pushesOperation } from "./pushes.js";
import { classify } from "./classify.js";

export type { HuaweiCecDeskKeys, HuaweiCecStateKeys, HuaweiCecFilters, HuaweiCecKeys, HuaweiCecOptions };

/** A shorter header value is not a credential, and redacting it would make messages unreadable. */
const MIN_SECRET_LENGTH = 8;

/** The provider that {@link huaweiCec} returns. */
export type HuaweiCecProvider = Provider<"huawei-cec", HuaweiCecFilters, HuaweiCecKeys>;

/**
 * Creates a provider for one account at Huawei Cloud CEC, at `https://service.besclouds.com` or the option `endpoint`. It supports the call history (the union
 * of task types 0 and 4), active calls, which are part of that history, and recordings. It finds a call by its `callSerialNo` or on an agent's workbench.
 * Documented limit: windows of at most 7 days. Not documented: a rate limit, and how long the vendor keeps calls.
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
    defaultCountry: settings.defaultCountry,
    rate: settings.rate,
    longestCallSeconds: settings.longestCallSeconds,
    settleSeconds: settings.settleSeconds,
    provides: PROVIDED_VALUES,
    auth: tokenAuth({ authEndpoint, appKey, appSecret, ttlSeconds: settings.tokenTtlSeconds }),
    operations: {
      records: recordsOperation({
        endpoint,
        headers,
        defaultCountry: settings.defaultCountry,
        isRecorded: settings.recordings,
        numberFilter: { ...NUMBER_FILTER, isUsed: settings.numberFilter },
        window: overrideWindow(settings, RECORDS_WINDOW),
        paging: overridePaging(settings, RECORDS_PAGING),
        retention: overrideRetention(settings, RECORDS_RETENTION),
      }),
      activeCalls: "records",
      findCall: findCallOperations(endpoint, headers, settings.defaultCountry),
      pushes: pushesOperation(Zone.named(settings.timeZone)),
      recordings: recordingsOperation({ endpoint, headers, hosts: settings.recordingHosts }),
    },
    classify: (response) => classify(response, settings.renewTokenOn),
    identity: () => ({ endpoint, publicKey: appKey }),
    // The headers of a gateway may contain credentials too.
    secrets: () => [appSecret, ...Object.values(headers).filter((value) => value.length >= MIN_SECRET_LENGTH)],
  });
}
