import {
  callKey,
  type CallKeyParts,
  type CallRecord,
  CheckpointError,
  type CheckpointParts,
  type Destination,
  type DestinationReader,
  type DestinationSession,
  type JsonValue,
  type ReadCall,
  type StoredCallSelection,
  type SyncChange,
} from "call-records";

/** The content of a storage that survives its destinations. */
export interface Storage {
  calls: Map<string, CallRecord>;
  /** The times at which calls were marked as delisted, by key. */
  delisted: Map<string, Date>;
  parts: Map<string, Map<string, JsonValue>>;
  /** The fencing token of each held lease, by account. */
  leases: Map<string, number>;
  tokens: number;
  /** The statement of the next write that fails; 0 if none does. */
  failAt: number;
}

export const emptyStorage = (): Storage => ({
  calls: new Map(),
  delisted: new Map(),
  parts: new Map(),
  leases: new Map(),
  tokens: 0,
  failAt: 0,
});

/** A destination in memory. A write has three statements: the calls, the parts, and the commit. */
export class MemoryDestination implements Destination {
  constructor(readonly storage: Storage = emptyStorage()) {}

  open({ account }: { provider: string; account: string }): Promise<DestinationSession> {
    const { storage } = this;
    if (storage.leases.has(account))
      return Promise.reject(new CheckpointError(`${account}: another writer holds the lease.`, { account }));
    const token = (storage.tokens += 1);
    storage.leases.set(account, token);
    return Promise.resolve({
      load: () => Promise.resolve(this.load(account)),
      write: (changes, checkpointChanges) => this.write(account, token, changes, checkpointChanges),
      readCalls: (selection) => this.readCalls(account, selection),
      markDelisted: (calls) => this.markDelisted(account, token, calls),
      close: () => {
        if (storage.leases.get(account) === token) storage.leases.delete(account);
        return Promise.resolve();
      },
    });
  }

  openReader({ account }: { provider: string; account: string }): Promise<DestinationReader> {
    return Promise.resolve({
      load: () => Promise.resolve(this.load(account)),
      readCalls: (selection) => this.readCalls(account, selection),
      close: () => Promise.resolve(),
    });
  }

  protected load(account: string): CheckpointParts {
    return structuredClone(Object.fromEntries(this.storage.parts.get(account) ?? []));
  }

  protected isHolder(account: string, token: number): boolean {
    return this.storage.leases.get(account) === token;
  }

  protected keyOf(record: CallRecord): string {
    return callKey(record);
  }

  protected async write(
    account: string,
    token: number,
    changes: readonly SyncChange[],
    checkpointChanges: Readonly<Record<string, JsonValue | null>>,
  ): Promise<void> {
    await Promise.resolve();
    if (!this.isHolder(account, token)) throw new CheckpointError(`${account}: the lease has expired.`, { account });
    const { storage } = this;
    this.statement(1);
    const calls = new Map(storage.calls);
    for (const { record } of changes) calls.set(this.keyOf(record), structuredClone(record));
    this.statement(2);
    const parts = new Map(storage.parts.get(account));
    for (const [name, part] of Object.entries(checkpointChanges))
      if (part === null) parts.delete(name);
      else parts.set(name, structuredClone(part));
    this.statement(3);
    for (const { record } of changes) storage.delisted.delete(this.keyOf(record));
    storage.calls = calls;
    storage.parts.set(account, parts);
  }

  protected async *readCalls(
    account: string,
    selection: StoredCallSelection,
  ): AsyncGenerator<ReadCall, void, undefined> {
    await Promise.resolve();
    const keys = "keys" in selection ? new Set(selection.keys.map(callKey)) : null;
    for (const [key, call] of [...this.storage.calls]) {
      const isSelected =
        "keys" in selection ? keys?.has(key) : call.startedAt >= selection.from && call.startedAt < selection.to;
      if (call.account === account && isSelected === true)
        yield { ...structuredClone(call), delistedAt: this.storage.delisted.get(key) ?? null };
    }
  }

  protected async markDelisted(account: string, token: number, calls: readonly CallKeyParts[]): Promise<void> {
    await Promise.resolve();
    if (!this.isHolder(account, token)) throw new CheckpointError(`${account}: the lease has expired.`, { account });
    for (const call of calls) this.storage.delisted.set(callKey(call), new Date(0));
  }

  protected statement(number: number): void {
    if (this.storage.failAt !== number) return;
    this.storage.failAt = 0;
    throw new Error(`The statement ${number} failed.`);
  }
}
