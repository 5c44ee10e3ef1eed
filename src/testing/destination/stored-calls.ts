import assert from "node:assert/strict";
import {
  callKey,
  type CallRecord,
  type Destination,
  type DestinationReader,
  type DestinationSession,
  type StoredCall,
  type SyncChange,
} from "../../index.js";
import { callRecord } from "../call-record/call-record.js";
import type { CallRecordOverrides } from "../call-record/overrides.js";
import { isDate } from "../is-date.js";
import { storable } from "./hostile-texts.js";
import type { DestinationSubject } from "./subject.js";

/** The storage of one account in a test. */
export class AccountUnderTest {
  private static count = 0;
  readonly account = `account ${process.pid}-${(AccountUnderTest.count += 1)}`;

  constructor(private readonly subject: DestinationSubject) {}

  /** Opens a session of a new destination. */
  async open(destination?: Destination): Promise<DestinationSession> {
    const opened = destination ?? (await this.subject.create());
    return opened.open({ provider: "tencent-ccc", account: this.account });
  }

  /** Opens the stored calls without a lease; null where the destination cannot. */
  async openReader(): Promise<DestinationReader | null> {
    const opened = await this.subject.create();
    return (await opened.openReader?.({ provider: "tencent-ccc", account: this.account })) ?? null;
  }

  /** Opens a session, and closes it after the work. */
  async withSession<Result>(work: (session: DestinationSession) => Promise<Result>): Promise<Result> {
    const session = await this.open();
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  /** Returns a call of this account. */
  call(overrides: CallRecordOverrides = {}): CallRecord {
    return callRecord({ provider: "tencent-ccc", account: this.account, ...overrides });
  }

  /** Returns the stored calls of this account by their keys. */
  async stored(): Promise<Map<string, StoredCall>> {
    const own = (await this.subject.read()).filter(({ account }) => account === this.account);
    const byKey = new Map(own.map((call) => [callKey(call), call]));
    assert.equal(byKey.size, own.length, "`read` returned two calls with the same key");
    return byKey;
  }

  /** @throws AssertionError unless exactly these calls are stored, with these contents. */
  async assertStored(calls: readonly CallRecord[]): Promise<void> {
    const stored = await this.stored();
    assert.deepEqual([...stored.keys()].sort(), calls.map(callKey).sort(), "the stored calls are not the written ones");
    for (const call of calls) assertSameCall(stored.get(callKey(call)), call);
  }
}

/** @throws AssertionError unless the stored fields of a call are those of the written one. */
export function assertSameCall(stored: StoredCall | undefined, call: CallRecord): void {
  for (const [field, value] of Object.entries(stored ?? {})) {
    if (field === "raw") continue;
    const written: unknown = call[field as keyof CallRecord];
    const isKey = field === "id" || field === "application" || field === "account";
    assert.deepEqual(
      isKey ? value : comparable(value),
      isKey ? written : comparable(storedPartOf(field, written, value)),
      `the field \`${field}\` of the call ${JSON.stringify(call.id)} differs from the written one`,
    );
  }
}

/** Returns the changes that write these calls. */
export function changesOf(calls: readonly CallRecord[], type: SyncChange["type"] = "new"): SyncChange[] {
  return calls.map((record) => ({ type, record }));
}

/** Returns the part of a written value that a destination stored: in objects, only the stored properties. */
function storedPartOf(field: string, written: unknown, stored: unknown): unknown {
  // Its properties are the vendor's.
  if (field === "relatedIds") return written;
  if (Array.isArray(written) && Array.isArray(stored))
    return written.map((item: unknown, index) => storedPartOf(field, item, stored[index]));
  if (!isPlainObject(written) || !isPlainObject(stored)) return written;
  const kept = Object.entries(written).filter(([property]) => property in stored || storable(property) in stored);
  return Object.fromEntries(
    kept.map(([property, value]) => [property, storedPartOf(property, value, stored[property])]),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/** Returns a value with storable texts, and with times as numbers. */
function comparable(value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  if (isDate(value)) return value.getTime();
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [storable(name), comparable(part)]));
}
