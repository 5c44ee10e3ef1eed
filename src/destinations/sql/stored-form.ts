import type { Kysely } from "kysely";
import { type CallRecord, maskNumbers } from "../../index.js";
import { customerHashesOf } from "../../privacy/index.js";
import type { Tables } from "./database.js";
import { forgottenKeyOf, storedHashes } from "./forgotten.js";

/** The keys of a destination. */
export interface PrivacyKeys {
  /** The key with which numbers are masked; null if they are not. */
  mask: string | Uint8Array | null;
  /** The key with which the numbers of forgotten customers are hashed; null if there is none. */
  forget: string | Uint8Array | null;
}

/** The form in which calls are stored: masked if the destination masks numbers, and not at all if their customer was forgotten. */
export class StoredForm {
  constructor(private readonly keys: PrivacyKeys) {}

  /**
   * Returns the stored form of each call; null for one that is not stored.
   * @param db a transaction, for a write.
   * @throws CheckpointError when customers were forgotten with another key.
   */
  async of(db: Kysely<Tables>, calls: readonly CallRecord[]): Promise<(CallRecord | null)[]> {
    const isForgotten = await this.forgottenAmong(db, calls);
    const { mask } = this.keys;
    return calls.map((call) => (isForgotten(call) ? null : mask === null ? call : maskNumbers(call, { key: mask })));
  }

  private async forgottenAmong(
    db: Kysely<Tables>,
    calls: readonly CallRecord[],
  ): Promise<(call: CallRecord) => boolean> {
    const key = calls.length === 0 ? null : await forgottenKeyOf(db, this.keys.forget);
    if (key === null) return () => false;
    const hashes = new Map(calls.map((call) => [call, customerHashesOf(call, key)]));
    const stored = await storedHashes(db, [...new Set([...hashes.values()].flat())]);
    return (call) => hashes.get(call)?.some((hash) => stored.has(hash)) ?? false;
  }
}
