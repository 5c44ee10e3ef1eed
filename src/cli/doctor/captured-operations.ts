import type { CapturedOperation } from "../../capture/capture-format.js";
import type { RawExchange } from "../../capture/exchange-mask.js";
import { RecordingTransport } from "../../capture/recording-transport.js";
import { CallRecordsClient } from "../../client.js";
import { findCallOperationsOf } from "../../contract/lookup.js";
import type { Provider } from "../../contract/provider.js";
import { Zone } from "../../contract/zone.js";
import type { Clock } from "../../engine/account/clock.js";
import { HttpTransport } from "../../engine/http/http-transport.js";
import type { CallRecord } from "../../model/call-record.js";
import { CallRecordsError } from "../../model/errors.js";

/** Maximum number of requests for one account, including requests for tokens. */
const MAX_REQUESTS = 10;
/** Number of requests that are left for each later operation. */
const RESERVED_REQUESTS = 2;
/** The lengths of the ranges of records. A longer range is requested only if the shorter ones contain no call. */
const RANGES_MS = [86_400_000, 7 * 86_400_000] as const;
const TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 33_554_432;

/** The settings of a capture. */
export interface CaptureSettings {
  /** The end of the captured ranges, in epoch milliseconds. */
  now: number;
  signal: AbortSignal;
  /** Default: the machine's clock. */
  clock?: Clock;
}

/** An operation with its exchanges, before they are masked. */
export interface RawOperation extends Omit<CapturedOperation, "exchanges" | "omittedRows"> {
  exchanges: readonly RawExchange[];
}

/** Runs the operations of one account, and keeps their requests and responses. */
export class OperationCapture {
  readonly #http = new HttpTransport({ timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_RESPONSE_BYTES });
  readonly #transport = new RecordingTransport(this.#http);
  readonly #provider: Provider;
  readonly #client: CallRecordsClient;
  readonly #settings: CaptureSettings;
  readonly #operations: RawOperation[] = [];

  constructor(provider: Provider, settings: CaptureSettings) {
    this.#provider = provider;
    this.#settings = settings;
    this.#client = new CallRecordsClient({
      providers: [provider],
      transport: this.#transport,
      timeoutMs: TIMEOUT_MS,
      retry: { attempts: 1 },
      defaults: { unreadableRows: "report", beforeRetention: "clip" },
      clock: settings.clock,
    });
  }

  /**
   * Runs the operations that the vendor has. A failed operation does not stop the others: its responses are part of the capture.
   * @throws the signal's reason once it is aborted.
   */
  async run(): Promise<RawOperation[]> {
    const { account, timeZone, operations } = this.#provider;
    const later = [operations.usage, operations.activeCalls, operations.findCall].map((one) => typeof one === "object");
    const [hasUsage = false, hasActiveCalls = false] = later;
    let reserved = RESERVED_REQUESTS * later.filter(Boolean).length;
    try {
      const call = await this.#records(reserved);
      if (hasUsage) {
        reserved -= RESERVED_REQUESTS;
        const range = yesterdayOf(this.#settings.now, timeZone);
        await this.#keep("usage", range, reserved, (signal) =>
          this.#client.usage({ ...range, source: "vendor", signal }),
        );
      }
      if (hasActiveCalls) {
        reserved -= RESERVED_REQUESTS;
        await this.#keep("activeCalls", {}, reserved, (signal) => this.#client.activeCalls({ signal }));
      }
      const keys = this.#keys(call);
      if (keys !== null)
        await this.#keep("findCall", keys, 0, (signal) => this.#client.findCall({ ...keys, account, signal }));
    } finally {
      await this.#client.close();
      this.#http.close();
    }
    return this.#operations;
  }

  /** Returns a call; null if there is none in the ranges. */
  async #records(reserved: number): Promise<CallRecord | null> {
    const { now, signal } = this.#settings;
    for (const lengthMs of RANGES_MS) {
      const range = { from: new Date(now - lengthMs).toISOString(), to: new Date(now).toISOString() };
      const found: CallRecord[] = [];
      // Without the signal of the limit, because its abort discards calls that were read. The refused request ends the reading.
      await this.#keep("records", range, reserved, async () => {
        for await (const call of this.#client.records({ ...range, signal, raw: false }))
          if (found.length === 0) found.push(call);
      });
      const [first] = found;
      if (first !== undefined || this.#operations.at(-1)?.result !== "complete") return first ?? null;
    }
    return null;
  }

  /** Returns the keys of a lookup: the found call, or where its vendor needs other keys than the id, keys that name no call. Null where a search needs a range. */
  #keys(call: CallRecord | null): Record<string, string> | null {
    const [findCall] = findCallOperationsOf(this.#provider.operations);
    if (findCall === undefined) return null;
    const names = Object.keys(findCall.keys.shape);
    const history = findCall.type === "search" ? findCall : findCall.history;
    if (history === undefined) return Object.fromEntries(names.map((name) => [name, "0"]));
    const [name, ...others] = names;
    if (call === null || name === undefined || others.length > 0 || history.requiresRange === true) return null;
    // A search of one application sends fewer requests.
    return { [name]: call.id, ...(call.application === null ? {} : { application: call.application }) };
  }

  async #keep(
    name: CapturedOperation["name"],
    args: Record<string, string>,
    /** Number of requests to leave for later operations. */
    reserved: number,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const sent = this.#operations.reduce((sum, { exchanges }) => sum + exchanges.length, 0);
    const { exchanges, enough } = this.#transport.begin(Math.max(0, MAX_REQUESTS - sent - reserved));
    const { signal } = this.#settings;
    let result: string;
    try {
      await work(AbortSignal.any([signal, enough]));
      result = "complete";
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CallRecordsError)) throw error;
      result = enough.aborted ? "limited" : error.code;
    }
    this.#operations.push({ name, arguments: args, result, exchanges: [...exchanges] });
  }
}

/** Returns the last complete day of a zone. */
function yesterdayOf(now: number, timeZone: string): Record<"from" | "to", string> {
  const zone = Zone.named(timeZone);
  const to = zone.startOfDay(now);
  return { from: new Date(zone.startOfDay(to - 1)).toISOString(), to: new Date(to).toISOString() };
}
