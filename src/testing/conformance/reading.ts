import {
  type AccountReport,
  type CallRecord,
  CallRecordsClient,
  type ClientEvent,
  type Direction,
  type Provider,
} from "../../index.js";
import { Random } from "../data/random.js";
import { Observation } from "./observed-provider.js";
import type { ConformanceVendor } from "./subject.js";
import { type NetworkConditions, VendorTransport } from "./vendor-transport.js";
import { VirtualClock } from "../virtual-clock.js";

export interface TimeRange {
  from: Date;
  to: Date;
}

/** The result of a read. */
export interface Reading {
  records: CallRecord[];
  error: unknown;
  report: AccountReport | null;
  events: ClientEvent[];
  observation: Observation;
}

/** Options of a read. */
export interface ReadingOptions {
  order?: "arrival" | "time";
  direction?: Direction;
  network?: (observation: Observation) => NetworkConditions;
}

/** More than any test's vendor has. Only an adapter with endless paging exceeds it. */
const MAX_RECORDS = 100_000;

/** Reads a range from an adapter's history, in virtual time. */
export async function readHistory(
  provider: Provider,
  vendor: ConformanceVendor,
  range: TimeRange,
  options: ReadingOptions = {},
): Promise<Reading> {
  const clock = new VirtualClock(vendor.now.getTime());
  const observation = new Observation(clock);
  const events: ClientEvent[] = [];
  const random = new Random(1);
  const client = new CallRecordsClient({
    providers: [observation.of(provider)],
    clock,
    transport: new VendorTransport(vendor, clock, options.network?.(observation)),
    random: () => random.next(),
    onEvent: (event) => events.push(event),
  });
  const { order, direction } = options;
  const stream = client.records({ from: range.from, to: range.to, order, direction, beforeRetention: "clip" });
  const reading: Reading = { records: [], error: null, report: null, events, observation };
  try {
    reading.records = await stream.toArray({ max: MAX_RECORDS });
  } catch (error) {
    reading.error = error;
  } finally {
    reading.report = stream.report().accounts[0] ?? null;
    await client.close();
  }
  return reading;
}

/** Returns a range in the format of messages. */
export function formatRange({ from, to }: TimeRange): string {
  return `[${from.toISOString()}, ${to.toISOString()})`;
}

/** Returns the error of a read in the format of messages. */
export function reasonOf(error: unknown): string {
  return String(error);
}
