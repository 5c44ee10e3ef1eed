import type { CallRecord } from "./call-record.js";
import type { DeepPartial } from "./deep-partial.js";

/** The parts of the key of a call: see `callKey`. */
export type CallKeyParts = Pick<CallRecord, "account" | "application" | "id">;

/**
 * A call as a destination stored it: its key, and the fields that the destination stores. Each of these fields is compared, and within an object such as `agent`
 * each property that it has. `raw` is not compared.
 */
export type StoredCall = CallKeyParts & DeepPartial<CallRecord>;

/** A stored call that a session returns. */
export type ReadCall = StoredCall & {
  /** The stored start. */
  startedAt: Date;
  /** When the call was marked as no longer listed by the vendor; null if it is not marked. */
  delistedAt: Date | null;
};
