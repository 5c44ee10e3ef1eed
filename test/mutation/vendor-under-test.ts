import {
  type AccountReport,
  type CallRecord,
  CallRecordsClient,
  type ClientEvent,
  type FoundCall,
  type Provider,
  type RawResponse,
  type Transport,
  type UsageSummary,
} from "call-records";
import type { Random } from "../../src/testing/data/random.js";
import { HastyClock, TIMEOUT_MS } from "../hostile/hasty-clock.js";
import type { Exchange } from "./exchange.js";
import type { Memory } from "./memory-transport.js";
import { RecordingTransport } from "./recording-transport.js";

/** The values that a call has delivered, up to its end or its failure. */
export interface Handed {
  records: CallRecord[];
  found: FoundCall[];
  summaries: UsageSummary[];
  reports: AccountReport[];
  events: ClientEvent[];
}

/** A call of the client. */
export interface Scenario {
  name: string;
  play(client: CallRecordsClient, handed: Handed, random: Random): Promise<void>;
}

/** A vendor with its responses to each scenario. */
export interface VendorUnderTest extends Omit<Memory, "exchanges"> {
  provider: Provider;
  scenarios: readonly [RecordedScenario, ...RecordedScenario[]];
  /** The vendor's refusals. */
  refusals: readonly [RawResponse, ...RawResponse[]];
  /** Rows of its history, with their applications. */
  rows: readonly { row: unknown; application: string | null }[];
  secrets: readonly string[];
}

export interface RecordedScenario extends Scenario {
  exchanges: readonly [Exchange, ...Exchange[]];
  /** Number of results. */
  found: { records: number; found: number; summaries: number };
}

export function handedOut(): Handed {
  return { records: [], found: [], summaries: [], reports: [], events: [] };
}

/** Creates a client. Each call has its own, so that calls share no state. */
export function clientOf(provider: Provider, transport: Transport, random: Random, handed: Handed): CallRecordsClient {
  return new CallRecordsClient({
    providers: [provider],
    transport,
    clock: new HastyClock(),
    random: () => random.next(),
    timeoutMs: TIMEOUT_MS,
    retry: { attempts: 2 },
    onEvent: (event) => handed.events.push(event),
  });
}

/** Plays a scenario against the vendor and records its responses. */
export async function record(
  provider: Provider,
  scenario: Scenario,
  random: Random,
): Promise<{ scenario: RecordedScenario; handed: Handed }> {
  const transport = new RecordingTransport();
  const handed = handedOut();
  await scenario.play(clientOf(provider, transport, random, handed), handed, random);
  const [first, ...rest] = transport.exchanges;
  if (first === undefined) throw new TypeError(`The scenario ${scenario.name} sent no request.`);
  const found = { records: handed.records.length, found: handed.found.length, summaries: handed.summaries.length };
  return { scenario: { ...scenario, exchanges: [first, ...rest], found }, handed };
}
