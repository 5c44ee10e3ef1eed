/**
 * The parts of an adapter, with which you add your own vendor: the contract, the option schemas, the schemas for values in responses, and the time zones. A
 * provider made from them works like a built-in one. docs/adapters.md shows how to write an adapter.
 * @module call-records/adapter
 */

export {
  type FindCallOperation,
  findCallOperationsOf,
  type HistorySearch,
  type LookupContext,
  type LookupOperation,
  type SearchOperation,
} from "./contract/lookup.js";
export { absentAgent, absentFields } from "./contract/absent-fields.js";
export type { DiscoveredApplication, PartitionDiscovery } from "./contract/partition-discovery.js";
export type { MappedCall, MappedFoundCall } from "./contract/mapped-call.js";
export {
  type AccountIdentity,
  CONTRACT_VERSION,
  defineList,
  defineProvider,
  type ListOperation,
  type Operations,
  type Page,
  type NumberFilterRule,
  type PageLimits,
  type PageQuery,
  type PagingRule,
  type Partition,
  type QueryPage,
  type QueryWindow,
  type RowContext,
  type TimeUnit,
  type UsageReading,
  type VolatileFields,
  type WindowRule,
} from "./contract/provider.js";
export {
  defineRecordings,
  type RecordedCall,
  type RecordingQuery,
  type RecordingsOperation,
  type RecordingSource,
} from "./contract/recordings.js";
export { declaredValuesSchema, providedValues } from "./contract/provided-values.js";
export type { ParsedPush, PushedCall, PushesOperation } from "./contract/pushes.js";
export { ruleOf } from "./contract/rule-of.js";
export { callRecordOf } from "./contract/call-record-of.js";
export type { RowTimes } from "./contract/row-times.js";
export type { Auth, AuthContext, TokenResponse, TokenRule } from "./contract/auth.js";
export type { HttpRequest, HttpResponse } from "./contract/http.js";
export {
  classifyStatus,
  type FailureAction,
  type FailureClassification,
  type FailureCode,
} from "./contract/failure-classification.js";
export {
  type CommonDefaults,
  commonOptions,
  credentialSchema,
  endpointSchema,
  overridePaging,
  overrideRetention,
  overrideWindow,
  type Retention,
} from "./contract/options.js";
export { recordingHostsSchema } from "./contract/recording-hosts.js";
export { parseOptions } from "./contract/parse-options.js";
export { e164Of, type HomeCountry } from "./contract/phone-number.js";
export { type RepeatedPeriod, Zone } from "./contract/zone.js";
export {
  wireCallSeconds,
  wireCallTime,
  wireCount,
  wireId,
  wireInteger,
  wireRows,
  wireSeconds,
  wireText,
  wireTextOrNull,
  wireTexts,
  wireTime,
  wireUnixMs,
  wireUnixSeconds,
} from "./contract/wire.js";
export {
  type Reader,
  wireList,
  wireMapped,
  wireObject,
  wireOptional,
  wireOrNull,
  wirePreprocess,
  wireRequired,
  wireValue,
} from "./contract/wire-schema.js";
