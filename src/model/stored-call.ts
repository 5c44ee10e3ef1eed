import type { CallRecord } from "./call-record.js";
import type { DeepPartial } from "./deep-partial.js";

/** The parts of the key of a call: see `callKey`. */
export type CallKeyParts = Pick<CallRecord, "account" | "application" | "id">;

/**
 * A call as a destination stored it: its key, and the fields that the destination stores. Each of these fields is compared, and within an object such as `agent`
 * each property that it has. `raw` is not compared.
 */
export type StoredCall = CallKeyParts & DeepPartial<CallRecord>;
