import type { CallRecord } from "./call-record.js";
import type { DateRange } from "./interval.js";

/**
 * A vendor's notice of one call. It is a hint, because anybody who knows the address of your server can send it, and because pushes are lost, repeated and
 * reordered. Only `sync` shows what is true: pass the notice in its argument `around`.
 */
export interface PushNotice {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The vendor's application (Tencent's SdkAppId, as text), or null. */
  application: string | null;
  /** The ids of the call and of its parts, by the vendor's names, such as `SessionId`. */
  relatedIds: Record<string, string>;
  /** The whole record of the call, where the push contains one (Tencent's `cdr`); else null. It is not verified. */
  record: CallRecord | null;
  /** The range in which the call began. */
  around: DateRange;
  /** Identifies the push: it is the same for each repetition. Use it to process a push once. */
  deliveryId: string;
}
