import type { BuiltInProvider } from "../index.js";
import type { TableRules } from "./data/call-table.js";
import type { CustomCall } from "./data/custom-call.js";
import type { Generation } from "./data/generation.js";
import type { NumberMatching } from "./data/number-matching.js";
import type { CallDirection, PlannedCall } from "./data/planned-call.js";
import type { Random } from "./data/random.js";
import type { WallClock } from "./data/wall-clock.js";
import type { StoredAudio } from "./recordings/audio-response.js";
import type { RecordingRules } from "./recordings/recording-rules.js";
import type { RecordingStore } from "./recordings/recording-store.js";
import type { Vendor, VendorRequest, VendorResponse } from "./vendor.js";
import type { VendorTruth } from "./vendor-truth.js";

/** The faults that are a vendor's own refusals. */
export type Refusal = "throttled" | "internal-error" | "unauthorized" | "no-token" | "clock-refused" | "too-much-data";

/** Builds a refusal. */
export type Refuse = (operation: string, random: Random) => VendorResponse;

/** Tencent's applications where the options name none. */
export const DEFAULT_APPLICATIONS: SharedSettings["sdkAppIds"] = [1_400_000_000, 1_400_000_001];

/** The settings of the emulator that a vendor may use. */
export interface SharedSettings {
  /** The number of the account among those of its vendor, from 0. Each account has other keys. */
  accountIndex: number;
  now: () => number;
  timeZone: string;
  sdkAppIds: readonly [number, ...number[]];
  tencentToken: string | null;
  tokenTtlSeconds: number;
  tokenDelayMs: number;
  /** Undefined: the vendor's default. */
  numberMatching?: NumberMatching | undefined;
}

/** The input from which an emulated vendor is created. */
export interface VendorInput {
  calls: readonly PlannedCall[];
  rules: TableRules;
  requestsPerSecond: number;
  /** More rows are refused as too large. */
  maxRows: number;
  wallClock: WallClock;
  /** A non-decreasing time in milliseconds, for the rate limit. */
  monotonic: () => number;
  /** The generator of tokens and request ids. */
  random: Random;
  recordings: RecordingRules;
  /** Makes the object store of the account, whose addresses the vendor returns. */
  createStore: (find: (path: string) => StoredAudio | null) => RecordingStore;
}

/** The options that every provider of this library has. */
export interface ProviderOptions {
  account: string;
  endpoint: string;
  rate: { requestsPerSecond: number };
  timeZone: string;
}

/** An emulated vendor with its settings. */
export interface VendorSetup<Credentials extends object = object, Truth extends VendorTruth = VendorTruth> {
  /** The keys that the vendor accepts, in the form that the provider's factory accepts. */
  credentials: Credentials;
  /** The public part of the keys, by which a request names its account. */
  keyId: string;
  /** Returns the variables that `providersFromEnvironment` reads. */
  environment(endpoint: string): Record<string, string>;
  /** Returns this library's provider for the vendor. */
  provider(options: ProviderOptions): BuiltInProvider;
  /** Generates the vendor's calls. */
  planCalls(generation: Generation, custom: readonly CustomCall[]): PlannedCall[];
  /** Creates the vendor, and the calls that a correct client must find. */
  create(input: VendorInput): { vendor: Vendor; truth: Truth; store?: RecordingStore };
}

/** How a vendor sends recordings, and its defaults. */
export interface EmulatedRecordings {
  /** The operation whose response is audio. */
  audioOperation: string;
  /** The operation whose response contains an address, if the vendor has one. */
  addressOperation?: string;
  /** How long recordings are kept after the end of a call. */
  retentionSeconds: number;
  /** Whether the server sends parts of recordings. */
  hasRanges: boolean;
  /** Seconds for which an address is valid. */
  addressSeconds: number;
}

/** The registry entry of an emulated vendor. */
export interface VendorDefinition<Credentials extends object, Truth extends VendorTruth> {
  /** The directions of its calls. */
  directions: readonly CallDirection[];
  /** Returns the directions that a call with this code for its type can have. */
  directionsOf: (type: number) => readonly CallDirection[];
  /** The names of all operations, as `requests` shows them. */
  operations: readonly string[];
  /** Whether each call belongs to an application of the account. */
  hasApplications: boolean;
  /** The operation of the list of records. */
  recordsOperation: string;
  /** The operation of the list of active calls, if the vendor has one. */
  activeCallsOperation?: string;
  /** The recordings of the vendor. */
  recordings: EmulatedRecordings;
  /** The operation that issues tokens, if the vendor has tokens. */
  tokenOperation?: string;
  /** Default rate limit. */
  requestsPerSecond: number;
  /** Returns the API's refusal of a recording that is gone, if the API sends recordings. */
  recordingGone?: () => VendorResponse;
  /** Returns the public part of the keys in a request; null if there is none. */
  keyIdOf(request: VendorRequest): string | null;
  /** The vendor's refusals. A vendor without one of them is never refused for that reason, or has an internal error instead. */
  refusals: Partial<Record<Refusal, Refuse>> & { "internal-error": Refuse };
  setUp(settings: SharedSettings): VendorSetup<Credentials, Truth>;
}

/** Returns a key for an account. Those of a vendor's first account are the same in every emulator. */
export function keyFor(key: string, accountIndex: number): string {
  return accountIndex === 0 ? key : `${key}x${accountIndex}`;
}
