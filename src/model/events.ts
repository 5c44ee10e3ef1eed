/** What happens inside a client, as it happens: timings, keys and field paths, no bodies and no secrets. */
export type ClientEvent =
  /** An attempt was answered, or ended without an answer (`status` null). */
  | { type: "request"; account: string; operation: string; attempt: number; status: number | null; milliseconds: number }
  /** An attempt failed for a passing reason, and is repeated after the wait. */
  | { type: "retry"; account: string; operation: string; attempt: number; waitMilliseconds: number; reason: string }
  /** The vendor refused for want of allowance; the whole account slows down. */
  | { type: "throttle"; account: string; operation: string; waitMilliseconds: number; vendorCode: string | null }
  /** A token was fetched. */
  | { type: "token"; account: string; expiresAt: string }
  /** The clock was corrected from the vendor's: `offsetMilliseconds` is added to ours. */
  | { type: "clock"; account: string; offsetMilliseconds: number }
  /** A vendor window was read: `proven` when it adds up and is settled, `read` when it is not settled, else what is wrong with it. */
  | { type: "window"; account: string; operation: string; from: string; to: string; fate: "proven" | "read" | "failed" | "incomplete" | "unreadable" }
  /**
   * A row came twice. Where its content differs, the first was handed out; the vendor may have changed it meanwhile, or give one id to two rows. Of texts
   * longer than 32 characters, ends and length are compared.
   */
  | { type: "duplicate"; account: string; operation: string; key: string; sameContent: boolean }
  /** Something that a person should look at, such as a row that could not be understood. */
  | { type: "warning"; account: string; operation: string; message: string; key: string | null; field: string | null };

/** Hears of every {@link ClientEvent}. What it throws is printed as a warning of the process, and disturbs nothing. */
export type EventListener = (event: ClientEvent) => void;
