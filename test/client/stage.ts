import {
  type BuiltInProvider,
  CallRecordsClient,
  CallRecordsError,
  type ClientEvent,
  type ClientOptions,
  type Clock,
  huaweiCec,
  type HuaweiCecOptions,
  itniotech,
  type ItniotechOptions,
  type SerializedError,
  tencentCcc,
  type TencentCccOptions,
} from "call-records";
import {
  type EmulatorOptions,
  type ReceivedRequest,
  startVendorEmulator,
  type VendorEmulator,
  type VendorId,
} from "call-records/testing";
import { closeWithFile } from "../closing.js";

export const SECOND = 1000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Noon in Shanghai, on a Friday. */
export const NOW = Date.parse("2026-11-20T04:00:00Z");

export const daysAgo = (days: number) => new Date(NOW - days * DAY);

/** A clock that moves only when `advance` is called, which also wakes the sleepers whose time has come. */
export class ManualClock implements Clock {
  private readonly sleepers = new Set<{ at: number; wake: () => void }>();

  constructor(private time = NOW) {}

  readonly now = (): number => this.time;

  /** The number of sleepers. */
  get waiting(): number {
    return this.sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const sleeper = { at: this.time + ms, wake: resolve };
      this.sleepers.add(sleeper);
      signal?.addEventListener(
        "abort",
        () => {
          this.sleepers.delete(sleeper);
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  advance(ms: number): void {
    this.time += ms;
    for (const sleeper of this.sleepers) {
      if (sleeper.at > this.time) continue;
      this.sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

export interface StageOptions {
  emulator?: EmulatorOptions;
  tencent?: Partial<TencentCccOptions>;
  huawei?: Partial<HuaweiCecOptions>;
  itniotech?: Partial<ItniotechOptions>;
  client?: Partial<ClientOptions<BuiltInProvider>>;
}

export interface Stage {
  emulator: VendorEmulator;
  /** The clock of the client, and of the emulator unless its options set `now`. */
  clock: ManualClock;
  client: CallRecordsClient<BuiltInProvider>;
  events: ClientEvent[];
}

/** Starts an emulator, which is closed with the test file. */
export async function openEmulator(options: EmulatorOptions = {}): Promise<VendorEmulator> {
  const unlimited = { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity };
  const emulator = await startVendorEmulator({ now: () => NOW, requestsPerSecond: unlimited, ...options });
  closeWithFile(() => emulator.close());
  return emulator;
}

/** A rate limit that is never reached. */
export const RATE = { requestsPerSecond: 1_000_000 };
/** One request at a time, so that requests arrive in the order in which they are sent. */
export const IN_TURN = { ...RATE, concurrency: 1 };

export function tencentAt(emulator: VendorEmulator, options: Partial<TencentCccOptions> = {}) {
  return tencentCcc({
    ...emulator.credentials["tencent-ccc"],
    endpoint: emulator.endpoints["tencent-ccc"],
    rate: { ...RATE, concurrency: 20 },
    ...options,
  });
}

export function huaweiAt(emulator: VendorEmulator, options: Partial<HuaweiCecOptions> = {}) {
  return huaweiCec({
    ...emulator.credentials["huawei-cec"],
    endpoint: emulator.endpoints["huawei-cec"],
    rate: { ...RATE, concurrency: 4 },
    ...options,
  });
}

export function itniotechAt(emulator: VendorEmulator, options: Partial<ItniotechOptions> = {}) {
  return itniotech({
    ...emulator.credentials.itniotech,
    endpoint: emulator.endpoints.itniotech,
    rate: { ...RATE, concurrency: 4 },
    ...options,
  });
}

/** Opens three emulated vendors and a client for them, on a clock that does not advance. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const clock = new ManualClock();
  const emulator = await openEmulator({ now: clock.now, ...options.emulator });
  const events: ClientEvent[] = [];
  const providers = [
    tencentAt(emulator, options.tencent),
    huaweiAt(emulator, options.huawei),
    itniotechAt(emulator, options.itniotech),
  ];
  const client = openClient({ providers, clock, onEvent: (event) => events.push(event), ...options.client });
  return { emulator, clock, client, events };
}

/** Opens a client, which is closed with the test file. */
export function openClient(options: ClientOptions<BuiltInProvider>): CallRecordsClient<BuiltInProvider> {
  const client = new CallRecordsClient<BuiltInProvider>(options);
  closeWithFile(() => client.close());
  return client;
}

/** Returns the fields of a request's JSON body. */
export function bodyOf(request: ReceivedRequest | undefined): Record<string, unknown> {
  const body: unknown = request?.body;
  if (typeof body !== "object" || body === null) throw new TypeError("This request has no JSON body.");
  return { ...body };
}

/** Returns the requests for an operation that the emulator has received. */
export function requestsFor(emulator: VendorEmulator, operation: string): ReceivedRequest[] {
  return emulator.requests.filter((request) => request.operation === operation);
}

/** The name of each vendor's list of records in the emulator. */
export const HISTORY: Record<VendorId, string> = {
  "tencent-ccc": "DescribeTelCdr",
  "huawei-cec": "queryCallDetailRecord",
  itniotech: "v3/cc/record/query",
};

/** Returns the error that a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new TypeError("The promise was not rejected with an error.");
}

/** Returns the details of an error of the library. */
export function detailsOf(error: Error): SerializedError {
  if (error instanceof CallRecordsError) return error.toJSON();
  throw new TypeError("This is not an error of the library.");
}

/** Returns the error that a function throws. */
export function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new TypeError("The function threw no error.");
}
