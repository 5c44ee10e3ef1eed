/**
 * Itniotech alone: the same `itniotech` as in the main entry point, for programs that import each vendor separately.
 * @module call-records/itniotech
 */
import { overridePaging, overrideRetention, overrideWindow } from "../../contract/options.js";
import { parseOptions } from "../../contract/parse-options.js";
import { CONTRACT_VERSION, defineProvider, type Provider } from "../../contract/provider.js";
import { Zone } from "../../contract/zone.js";
import { findCallOperations, type ItniotechKeyId, type ItniotechKeys, type ItniotechSession } from "./find-call.js";
import { NUMBER_FILTER, RECORDS_PAGING, RECORDS_RETENTION, RECORDS_WINDOW } from "./limits.js";
import { DEFAULT_ENDPOINT, optionsSchema, type ItniotechOptions } from "./options.js";
import { PROVIDED_VALUES } from "./provided-values.js";
import { recordingsOperation } from "./recordings.js";
import { pushesOperation } from "./pushes.js";
import { recordsOperation, type ItniotechFilters } from "./records.js";
import { signAuth } from "./signature.js";
import { classify } from "./classify.js";

export type { ItniotechKeyId, ItniotechSession, ItniotechFilters, ItniotechKeys, ItniotechOptions };

/** The provider that {@link itniotech} returns. */
export type ItniotechProvider = Provider<"itniotech", ItniotechFilters, ItniotechKeys>;

/**
 * Creates a provider for one account at Itniotech, at `https://api.itniotech.com` or the option `endpoint`. It supports the call history,
 * recordings, and the search for one call within a range. The vendor has no list of active calls, no lookup of one call, and no usage count. Documented limit: windows of at most 93 days (status -76). Not documented: a rate limit, and
 * how long the vendor keeps calls.
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
    defaultCountry: settings.defaultCountry,
    rate: settings.rate,
    longestCallSeconds: settings.longestCallSeconds,
    settleSeconds: settings.settleSeconds,
    provides: PROVIDED_VALUES,
    auth: signAuth(apiKey, apiSecret),
    operations: {
      records: recordsOperation({
        endpoint,
        zone: Zone.named(settings.timeZone),
        timeFormat: settings.timeFormat,
        defaultCountry: settings.defaultCountry,
        longestCallSeconds: settings.longestCallSeconds,
        numberFilter: { ...NUMBER_FILTER, isUsed: settings.numberFilter },
        window: overrideWindow(settings, RECORDS_WINDOW),
        paging: overridePaging(settings, RECORDS_PAGING),
        retention: overrideRetention(settings, RECORDS_RETENTION),
      }),
      findCall: findCallOperations,
      pushes: pushesOperation(Zone.named(settings.timeZone)),
      recordings: recordingsOperation({
        endpoint,
        path: settings.recordingPath,
        hosts: settings.recordingHosts,
      }),
    },
    classify,
    identity: () => ({ endpoint, publicKey: apiKey }),
    secrets: () => [apiSecret],
  });
}
