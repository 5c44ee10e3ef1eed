/**
 * Tencent Cloud Contact Center (CCC) alone: the same `tencentCcc` as in the main entry point, for programs that import each vendor separately.
 * @module call-records/tencent-ccc
 */
import type { Auth } from "../../contract/auth.js";
import { overridePaging, overrideRetention, overrideWindow } from "../../contract/options.js";
import { parseOptions } from "../../contract/parse-options.js";
import { CONTRACT_VERSION, defineProvider, type Provider } from "../../contract/provider.js";
import { applicationsOperation } from "./applications.js";
import { findCallOperation, type TencentCccKeys } from "./find-call.js";
import { HISTORY, NUMBER_FILTER } from "./limits.js";
import { activeCallsOperation, recordsOperation, usageOperation } from "./operations.js";
import { ENDPOINTS, optionsSchema, type TencentCccClient, type TencentCccOptions } from "./options.js";
import { PROVIDED_VALUES } from "./provided-values.js";
import type { TencentCccFilters } from "./request.js";
import { credentialsOf, sendThrough } from "./send.js";
import { pushes } from "./pushes.js";
import { recordingsOperation } from "./session-detail.js";
import { signAuth } from "./signature.js";
import { classify } from "./classify.js";

export type { TencentCccClient, TencentCccFilters, TencentCccKeys, TencentCccOptions };

/** The provider that {@link tencentCcc} returns. */
export type TencentCccProvider = Provider<"tencent-ccc", TencentCccFilters, TencentCccKeys>;

/**
 * Creates a provider for one account at Tencent Cloud Contact Center. It supports the call history, the vendor's own usage count in whole days, active
 * sessions, recordings, and the lookup of a call by its session id, also while it is active. Documented limits: 20 requests per second, windows of less than 90
 * days, and 180 days of history.
 * @throws ConfigurationError naming each option that is missing, wrong or unknown.
 */
export function tencentCcc(options: TencentCccOptions): TencentCccProvider {
  const parsed = parseOptions("tencentCcc", optionsSchema, options, "tencent-ccc");
  const {
    account,
    timeZone,
    defaultCountry,
    rate,
    longestCallSeconds,
    settleSeconds,
    secretId,
    secretKey,
    token,
    client,
  } = parsed;
  const target = { endpoint: parsed.endpoint ?? ENDPOINTS[parsed.site], sdkAppIds: parsed.sdkAppIds, defaultCountry };
  const auth: Auth | null =
    // The schema requires both unless a client is given, which authenticates its own requests.
    client !== undefined || secretId === undefined || secretKey === undefined
      ? null
      : signAuth({ secretId, secretKey, token });
  return defineProvider({
    contract: CONTRACT_VERSION,
    id: "tencent-ccc",
    account,
    timeZone,
    defaultCountry,
    rate,
    longestCallSeconds,
    settleSeconds,
    provides: PROVIDED_VALUES,
    auth,
    operations: {
      records: recordsOperation(target, {
        window: overrideWindow(parsed, HISTORY.window),
        paging: overridePaging(parsed, HISTORY.paging),
        ...overrideRetention(parsed, HISTORY),
        numberFilter: { ...NUMBER_FILTER, isUsed: parsed.numberFilter },
      }),
      usage: usageOperation(target),
      activeCalls: activeCallsOperation(target),
      findCall: findCallOperation({
        endpoint: target.endpoint,
        defaultCountry,
        asksSession: parsed.sessionLookup,
        notFoundCodes: parsed.sessionNotFoundCodes,
      }),
      discoverPartitions: applicationsOperation(target.endpoint, parsed.sdkAppIds === "all"),
      pushes,
      recordings: recordingsOperation({
        account,
        endpoint: target.endpoint,
        hasClient: client !== undefined,
        hosts: parsed.recordingHosts,
      }),
    },
    classify,
    identity: () => ({ endpoint: client === undefined ? target.endpoint : null, publicKey: secretId ?? null }),
    ...(client === undefined ? {} : { send: sendThrough(client, account) }),
    secrets: () => [secretId, secretKey, token, ...credentialsOf(client)].filter((secret) => secret !== undefined),
  });
}
