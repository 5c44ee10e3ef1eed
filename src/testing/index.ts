/**
 * Tools for tests: the three vendors on loopback, as their documentation describes them, and the conformance suite that every adapter must pass. Not for production use.
 * @module call-records/testing
 */

export {
  type EmulatedAccount,
  type EmulatorClientOptions,
  startVendorEmulator,
  type VendorEmulator,
} from "./emulator.js";
export { callRecord } from "./call-record/call-record.js";
export type { CallRecordOverrides } from "./call-record/overrides.js";
export { createTestClock, type TestClock, type TestClockOptions } from "./test-clock.js";
export type { ByVendor, EmulatorOptions } from "./emulator-options.js";
export type { EmulatorCredentials, EmulatorTruth, ProviderOf, VendorId } from "./vendors.js";
export type { TencentCredentials } from "./tencent-ccc/emulated.js";
export type { EmulatedCall, VendorTruth } from "./vendor-truth.js";
export type { TencentDayUsage, TencentTruth } from "./tencent-ccc/truth.js";
export type { HuaweiTruth } from "./huawei-cec/truth.js";
export type { TencentUsage } from "./tencent-ccc/usage.js";
export type { TencentKeys } from "./tencent-ccc/gateway.js";
export type { HuaweiKeys } from "./huawei-cec/service.js";
export type { WorkbenchKeys } from "./huawei-cec/workbench.js";
export type { ItniotechKeys } from "./itniotech/service.js";
export type { ReceivedRequest } from "./loopback-server.js";
export { FAULT_KINDS, RETRYABLE_FAULTS, type FaultKind } from "./faults/fault-kinds.js";
export type { FaultOptions } from "./faults/fault-plan.js";
export type { Injection } from "./faults/injection.js";
export type { MissingPage, SearchCap } from "./data/search-cap.js";
export type { CustomCall } from "./data/custom-call.js";
export { ODD_TIMES, type OddTime, type OddTimes } from "./data/odd-time.js";
export type { NumberMatching } from "./data/number-matching.js";
export type { FilterTime, RowOrder, WindowEdges } from "./data/call-table.js";
export type { CallDirection, VendorRow } from "./data/planned-call.js";
export type { Agent as EmulatedAgent } from "./data/roster.js";

export {
  replayCapture,
  type CaptureReplay,
  type ReplayClientOptions,
  type ReplayedAccount,
  type ReplayedOperation,
} from "./replay/replay-capture.js";

export { testProvider } from "./conformance/test-provider.js";
export type { TestRunner } from "./test-runner.js";
export { testDestination } from "./destination/test-destination.js";
export type { DestinationSubject } from "./destination/subject.js";
export { conformanceChecks } from "./conformance/checks.js";
export type { ConformanceCheck, ConformanceGroup } from "./conformance/check.js";
export type {
  ConformanceExamples,
  ConformanceSubject,
  ConformanceVendor,
  ExampleResponse,
  FailureExample,
  ListExample,
  LookupExample,
  ApplicationsExample,
  PushExample,
  RecordingExample,
  VendorCall,
} from "./conformance/subject.js";
