/**
 * Tencent Cloud Contact Center (CCC) by itself: the same `tencentCcc` as in the main entry, for those who import vendor by vendor.
 * @module call-records/tencent-ccc
 */
import type { Auth } from "../../contract/auth.js";
import { overridePaging, parseOptions, overrideRetention, overrideWindow } from "../../contract/options.js";
import { CONTRACT_VERSION, defineProvider, type Provider } from "../../contract/provider.js";
import { credentialsOf } from "./client-credentials.js";
import type { TencentCccFilters } from "./filters.js";
import { findCallOperation, type TencentCccKeys } from "./find-call.js";
import { HISTORY } from "./limits.js";
import { activeCallsOperation, recordsOperation, usageOperation } from "./lists.js";
import { ENDPOINTS, optionsSchema, type TencentCccClient, type TencentCccOptions } from "./options.js";
import { sendThrough } from "./send.js";
import { signAuth } from "./signature.js";
import { classify } from "./classify.js";

export type { TencentCccClient, TencentCccFilters, TencentCccKeys, TencentCccOptions };

/** An account at Tencent Cloud Contact Center. */
export type TencentCccProvider = Provider<"tencent-ccc", TencentCccFilters, TencentCccKeys>;

/**
 * An account at Tencent Cloud Contact Center: its history, its own usage in whole days, its sessions going on, and calls by their session id. Documented:
 * 20 requests a second, windows under 90 days, and 180 days of history.
 * @throws ConfigurationError naming each option that is missing, wrong or unknown.
 */
export function tencentCcc(options: TencentCccOptions): TencentCccProvider {
  const parsed = parseOptions("tencentCcc", optionsSchema, options, "tencent-ccc");
  const { account, timeZone, rate, longestCallSeconds, settleSeconds, secretId, secretKey, token, client } = parsed;
  const target = { endpoint: parsed.endpoint ?? ENDPOINTS[parsed.site], sdkAppIds: parsed.sdkAppIds };
  const auth: Auth | null =
    // The schema asks for both unless a client is given, which proves itself.
    client !== undefined || secretId === undefined || secretKey === undefined
      ? null
      : signAuth({ secretId, secretKey, token });
  return defineProvider({
    contract: CONTRACT_VERSION,
    id: "tencent-ccc",
    account,
    timeZone,
    rate,
    longestCallSeconds,
    settleSeconds,
    auth,
    operations: {
      records: recordsOperation(target, {
        window: overrideWindow(parsed, HISTORY.window),
        paging: overridePaging(parsed, HISTORY.paging),
        ...overrideRetention(parsed, HISTORY),
      }),
      usage: usageOperation(target),
      activeCalls: activeCallsOperation(target),
      findCall: findCallOperation,
    },
    classify,
    identity: () => ({ endpoint: client === undefined ? target.endpoint : null, publicKey: secretId ?? null }),
    ...(client === undefined ? {} : { send: sendThrough(client, account) }),
    secrets: () => [secretId, secretKey, token, ...credentialsOf(client)].filter((secret) => secret !== undefined),
  });
}
