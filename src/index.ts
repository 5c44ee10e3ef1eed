/**
 * Call records, usage and active calls from several call-centre vendors behind one client: begin with {@link CallRecordsClient}. The other exports are the
 * providers, the types of the results, the errors, the checkpoint stores, and the interfaces that a deployment may implement itself. The parts of an adapter
 * are in `call-records/adapter`.
 * @module call-records
 */

export { CallRecordsClient } from "./client.js";
export type { ClientOptions, RetryOptions } from "./client-options.js";
export type { NetworkOptions } from "./engine/http/network-options.js";
export type {
  AccountArgument,
  AccountsArgument,
  DefaultArguments,
  PolicyArguments,
  RangeArguments,
} from "./operations/arguments.js";
export type { FindCallQuery, HistoryArguments } from "./operations/find-call/find-call-arguments.js";
export type { OpenedRecording, OpenRecordingArguments } from "./operations/open-recording.js";
export type { CallWithRecordings } from "./operations/recorded-call.js";
export type { ReadPush, ReceivedPush } from "./operations/read-push.js";
export type { PushNotice } from "./model/push-notice.js";
export type { PushReply } from "./contract/pushes.js";
export type { AccountApplication, ListApplicationsArguments } from "./operations/list-applications.js";
export type { ProbeArguments } from "./operations/probe/probe.js";
export type { Order, ProviderFilters, RecordsArguments, RecordsQuery } from "./operations/records/records-arguments.js";
export type { SyncArguments, SyncRange, WithCheckpoint, WithStore } from "./operations/sync/sync-arguments.js";
export type {
  AccountCapabilities,
  FindCallCapabilities,
  ListCapabilities,
  LookupCapabilities,
  RecordingCapabilities,
  RecordsCapabilities,
  UsageCapabilities,
} from "./operations/capabilities.js";
export { type Environment, providersFromEnvironment } from "./environment.js";
export type { BuiltInProvider } from "./vendors.js";
export { day, month } from "./ranges.js";

export * from "./providers/tencent-ccc/index.js";
export * from "./providers/huawei-cec/index.js";
export * from "./providers/itniotech/index.js";

export type { AccountReport, Gap, GapReason, Report } from "./model/account-report.js";
export type { DateRange, Interval } from "./model/interval.js";
export {
  type CallCost,
  type CallKind,
  type CallQueue,
  type CallRecord,
  callRecordSchema,
  type CallState,
  type Direction,
  type FoundCall,
  type Hangup,
  type Leg,
  type MenuKey,
  type Outcome,
  type Recording,
  type Satisfaction,
} from "./model/call-record.js";
export { callKey } from "./model/call-key.js";
export type { DeepPartial } from "./model/deep-partial.js";
export type { CallKeyParts, ReadCall, StoredCall } from "./model/stored-call.js";
export { type CallColumn, type CallColumnName, callColumns, type CallRow, toRow } from "./columns/call-columns.js";
export type { Cell, Column, ColumnType } from "./columns/column.js";
export { type CsvOptions, toCsv } from "./columns/to-csv.js";
export { maskNumber, maskNumbers, type MaskOptions } from "./privacy/mask-numbers.js";
export { redact, type RedactableField, redactableFields } from "./privacy/redact.js";
export type { Agent, Party } from "./model/party.js";
export { type UsageCalls, type UsageMinutes, type UsageSummary, usageSummarySchema } from "./model/usage-summary.js";
export type {
  OrderFinding,
  PageSizeFinding,
  ProbedList,
  ProbedOptions,
  ProbeFinding,
  ProbeReport,
} from "./model/probe-report.js";
export type {
  AccountEvent,
  ClientEvent,
  ClockEvent,
  DuplicateEvent,
  EventListener,
  OperationEvent,
  RequestEvent,
  RetryEvent,
  ThrottleEvent,
  TokenEvent,
  WarningEvent,
  WindowClosedEvent,
  WindowEvent,
  WindowOpenedEvent,
} from "./model/events.js";
export {
  AbortedError,
  AuthenticationError,
  CallRecordsError,
  CheckpointError,
  ConfigurationError,
  type ErrorCode,
  type ErrorDetails,
  IncompleteError,
  NetworkError,
  PermissionError,
  RateLimitError,
  RecordingGoneError,
  RequestError,
  ResponseError,
  RetentionError,
  type SerializedError,
  TimeoutError,
  UnsupportedError,
  VendorError,
} from "./model/errors.js";

export type { ActiveCallsReport } from "./operations/active-calls.js";
export type { UsageArguments, UsageReport } from "./operations/usage/usage.js";
export type { NormalizeContext } from "./operations/normalize.js";
export type { SyncBatch, SyncChange } from "./operations/sync/sync-batch.js";
export type {
  Destination,
  DestinationReader,
  DestinationSession,
  StoredCallKeys,
  StoredCallRange,
  StoredCallSelection,
} from "./operations/sync/destination.js";
export {
  importCheckpoints,
  type ImportedCheckpoint,
  type ImportOptions,
} from "./operations/sync/import-checkpoints.js";
export { archiveRecordings } from "./archive/archive-recordings.js";
export type { ArchiveArguments } from "./archive/archive-arguments.js";
export type { ArchiveReport, FailedRecording } from "./archive/archive-report.js";
export type { ManifestEntry } from "./archive/manifest.js";
export { type ArchivedCall, recordingPath } from "./archive/recording-path.js";
export { auditDestination } from "./audit/audit-destination.js";
export type { AuditArguments } from "./audit/audit-arguments.js";
export type { AccountAuditReport, AuditDifference, AuditReport, NotCompared } from "./audit/audit-report.js";
export type { SyncToArguments, SyncToReport } from "./operations/sync/sync-to.js";
export type { SyncCoverage } from "./operations/sync/sync-coverage.js";
export type { SyncStream } from "./operations/sync/sync-stream.js";
export type {
  CheckpointIdentity,
  CheckpointSettings,
  ListCheckpoint,
  SyncCheckpoint,
} from "./engine/checkpoints/checkpoint.js";
export type { CheckpointParts, CheckpointStore } from "./engine/checkpoints/checkpoint-store.js";
export { FileCheckpointStore } from "./engine/checkpoints/file-checkpoint-store.js";
export { MemoryCheckpointStore } from "./engine/checkpoints/memory-checkpoint-store.js";
export type { RecordStream } from "./operations/records/record-stream.js";
export type { Clock, LimitedWork } from "./engine/account/clock.js";
export type { RateLimiter, RatePermit } from "./engine/account/rate-limiter.js";
export type { TransportObserver, RawResponse, StreamResponse, Transport } from "./engine/http/transport.js";
export { MemoryTokenStore, type StoredToken, type TokenStore } from "./engine/account/tokens.js";

export type { Provider, Rate } from "./contract/provider.js";
export type { ProvidedValues } from "./contract/provided-values.js";
export type { CommonOptions, RateOptions } from "./contract/options.js";
export type { JsonValue, PreparedRequest } from "./contract/http.js";
export { parseIso } from "./contract/zone.js";
