import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import type { BuiltInProvider, CallRecord, ClientEvent, ClientOptions, RateLimiter } from "call-records";
import type { EmulatorOptions, VendorEmulator } from "call-records/testing";
import { HastyClock, TIMEOUT_MS } from "../hostile/hasty-clock.js";
import { DAY, NOW, openClient, openEmulator } from "../client/stage.js";

/** A client on a clock that skips every back-off, and counts the permits of the rate limiter. */
export interface RecordingStage {
  emulator: VendorEmulator;
  clock: HastyClock;
  client: ReturnType<typeof openClient>;
  events: ClientEvent[];
  /** The number of requests that counted towards the pace. */
  permits: () => number;
}

export async function openRecordingStage(
  provider: (emulator: VendorEmulator) => BuiltInProvider,
  options: EmulatorOptions = {},
  clientOptions: Partial<ClientOptions<BuiltInProvider>> = {},
): Promise<RecordingStage> {
  const clock = new HastyClock();
  const emulator = await openEmulator({ now: clock.now, days: 3, callsPerDay: 30, activeCalls: 0, ...options });
  const events: ClientEvent[] = [];
  let permits = 0;
  const rateLimiter: RateLimiter = {
    take: () => {
      permits += 1;
      return Promise.resolve({ responded: () => undefined, release: () => undefined });
    },
    slowDown: () => undefined,
  };
  const client = openClient({
    providers: [provider(emulator)],
    clock,
    rateLimiter,
    timeoutMs: TIMEOUT_MS,
    random: () => 0,
    onEvent: (event) => events.push(event),
    ...clientOptions,
  });
  return { emulator, clock, client, events, permits: () => permits };
}

/** Returns the calls of the last days that have a recording, and forgets the requests that were sent for it. */
export async function recordedCalls(stage: RecordingStage): Promise<[CallRecord, ...CallRecord[]]> {
  const calls = await stage.client.records({ from: new Date(NOW - 3 * DAY), to: new Date(NOW) }).toArray({ max: 1000 });
  const [first, ...others] = calls.filter(({ recordings }) => recordings.length > 0);
  if (first === undefined) throw new TypeError("The emulator has no recorded call.");
  stage.emulator.clearRequests();
  stage.events.length = 0;
  return [first, ...others];
}

/** Returns all bytes of a body, as text of one character for each byte. */
export async function bytesOf(body: Readable): Promise<string> {
  body.setEncoding("latin1");
  return text(body);
}
