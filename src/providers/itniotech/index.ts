/**
 * Itniotech by itself: the same `itniotech` as in the main entry, for those who import vendor by vendor.
 * @module call-records/itniotech
 */
import { overridePaging, parseOptions, overrideRetention, overrideWindow } from "../../contract/options.js";
import { CONTRACT_VERSION, defineProvider, type Provider } from "../../contract/provider.js";
import { Zone } from "../../contract/zone.js";
import type { ItniotechFilters } from "./filters.js";
import { RECORDS_PAGING, RECORDS_RETENTION, RECORDS_WINDOW } from "./limits.js";
import { DEFAULT_ENDPOINT, optionsSchema, type ItniotechOptions } from "./options.js";
import { recordsOperation } from "./records.js";
import { signAuth } from "./signature.js";
import { classify } from "./classify.js";

export type { ItniotechFilters, ItniotechOptions };

/** An account at Itniotech. */
export type ItniotechProvider = Provider<"itniotech", ItniotechFilters, never>;

/**
 * An account at Itniotech, at `https://api.itniotech.com` unless `endpoint` says otherwise: its history, in windows of at most 93 days (documented, status
 * -76). The vendor states no rate, and not how long it keeps calls. It has no list of calls going on, no look-up of one call and no count of usage.
 * @throws ConfigurationError naming each option that is missing, wrong or unknown.
 */
export function itniotech(options: ItniotechOptions): ItniotechProvider {
  const { apiKey, apiSecret, ...settings } = parseOptions("itniotech", optionsSchema, options, "itniotech");
  const endpoint = settings.endpoint ?? DEFAULT_ENDPOINT;
  return defineProvider({
    contract: CONTRACT_VERSION,
    id: "itniotech",
    account: settings.account,
    timeZone: settings.timeZone,
    rate: settings.rate,
    longestCallSeconds: settings.longestCallSeconds,
    settleSeconds: settings.settleSeconds,
    auth: signAuth(apiKey, apiSecret),
    operations: {
      records: recordsOperation({
        endpoint,
        zone: Zone.named(settings.timeZone),
        timeFormat: settings.timeFormat,
        window: overrideWindow(settings, { ...RECORDS_WINDOW, localTime: settings.timeFormat === "local" }),
        paging: overridePaging(settings, RECORDS_PAGING),
        retention: overrideRetention(settings, RECORDS_RETENTION),
      }),
    },
    classify,
    identity: () => ({ endpoint, publicKey: apiKey }),
    secrets: () => [apiSecret],
  });
}
