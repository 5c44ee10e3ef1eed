import { CallRecordsClient, MemoryCheckpointStore, type Provider, type SyncBatch, type SyncStream } from "call-records";
import { defineProvider } from "call-records/adapter";
import type { CustomCall, VendorEmulator } from "call-records/testing";
import { closeWithFile } from "../closing.js";
import { DAY, huaweiAt, IN_TURN, itniotechAt, ManualClock, NOW, openEmulator } from "../client/stage.js";

/** The start of the requested range. The lists are read in windows of one day, by the start of the calls. */
export const FROM = new Date(NOW - 14 * DAY);
/** The length of Huawei's windows. Each request begins a millisecond before its window, so a window is a millisecond shorter than the longest request. */
export const HUAWEI_WINDOW_MS = DAY - 1;

export function inDailyWindows(provider: Provider): Provider {
  const { records } = provider.operations;
  if (records.window === null) throw new TypeError("This vendor's list has no time window.");
  return defineProvider({
    ...provider,
    operations: {
      ...provider.operations,
      records: { ...records, window: { ...records.window, maxSeconds: DAY / 1000 } },
    },
  });
}

/** Returns a client of Huawei and Itniotech whose clock does not advance. */
export function openDailyClient(emulator: VendorEmulator): CallRecordsClient {
  const options = { filtersOn: "start", rate: IN_TURN } as const;
  const client = new CallRecordsClient<Provider>({
    providers: [huaweiAt(emulator, options), itniotechAt(emulator, options)].map(inDailyWindows),
    clock: new ManualClock(),
  });
  closeWithFile(() => client.close());
  return client;
}

/** Returns a call in the middle of each of ten windows of an account. */
export function callsOfDays(prefix: string): CustomCall[] {
  return Array.from({ length: 10 }, (_, day) => ({
    id: `${prefix}${day}`,
    startedAt: new Date(FROM.getTime() + (day + 0.5) * DAY),
  }));
}

export interface Days {
  client: CallRecordsClient;
  /** The ids of Huawei's calls, each of which is delivered in its own batch. */
  ids: string[];
}

export async function openDays(): Promise<Days> {
  const emulator = await openEmulator({
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "huawei-cec": callsOfDays("h"), itniotech: callsOfDays("i") },
  });
  return { client: openDailyClient(emulator), ids: callsOfDays("h").map(({ id }) => id ?? "") };
}

export const idsIn = ({ changes }: SyncBatch): string[] => changes.map(({ record }) => record.id);

/** Reads `count` batches without committing them. */
export async function take(
  stream: SyncStream,
  count: number,
): Promise<{ batches: SyncBatch[]; next: () => Promise<IteratorResult<SyncBatch, void>> }> {
  const iterator = stream[Symbol.asyncIterator]();
  const batches: SyncBatch[] = [];
  for (let taken = 0; taken < count; taken += 1) {
    const result = await iterator.next();
    if (result.done === true) throw new TypeError(`There were only ${taken} batches.`);
    batches.push(result.value);
  }
  return { batches, next: () => iterator.next() };
}

/** A store that resolves `unlocked` when all locks are released. A pipeline that fails does not wait for the current request. */
export class WatchedStore extends MemoryCheckpointStore {
  private readonly locks = new Set<Promise<void>>();

  override async lock(account: string): Promise<() => Promise<void>> {
    const unlock = await super.lock(account);
    let isUnlocked = (): void => undefined;
    this.locks.add(
      new Promise((resolve) => {
        isUnlocked = resolve;
      }),
    );
    return async () => {
      await unlock();
      isUnlocked();
    };
  }

  async unlocked(): Promise<void> {
    await Promise.all(this.locks);
  }
}
