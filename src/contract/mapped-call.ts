import type { CallRecord, FoundCall } from "../model/call-record.js";

/**
 * A call as an adapter maps it. The engine adds the provider, the account, the vendor's own row, and the fields that it derives from others: `customer`, `line`
 * and `waitSeconds`. Durations may have fractions: the engine rounds them to whole seconds.
 */
export type MappedCall = Omit<CallRecord, "provider" | "account" | "customer" | "line" | "waitSeconds" | "raw">;
/** A found call as an adapter maps it. The engine adds the same fields as to a {@link MappedCall}. */
export type MappedFoundCall = Omit<FoundCall, "provider" | "account" | "customer" | "line" | "waitSeconds" | "raw">;
