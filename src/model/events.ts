import type { ErrorCode } from "./errors.js";

/**
 * What happens inside a client, as it happens: timings, keys and field paths, no bodies and no secrets. Each says when, by the client's clock: `at`,
 * ISO 8601 in UTC.
 *
 * What belongs together is told by ids that no two have, in any process: `invocation` of one call of `records()`, `sync()` and their like, and
 * `window` of one vendor window that it reads. Every `window-opened` is followed by one `window-closed`, however the reading ends, and every `request`
 * with that `window` comes between the two. More kinds of event may come: pass over those that you do not know.
 */
export type ClientEvent = { at: string } & (
  /**
   * An attempt was answered, or ended without an answer (`status` null), `milliseconds` after it began; `at` is its end. `error` is the code of the
   * error that the answer amounts to, null where it is good: vendors refuse with status 200 as well. `window` is null for what is asked outside of one,
   * such as a token; `page` then too, and where a cursor tells the page instead of a number. `server` is the origin that was asked, such as
   * `https://host:8443`; null where a client of yours sends.
   */
  | {
      type: "request";
      provider: string;
      account: string;
      operation: string;
      invocation: string;
      window: string | null;
      page: number | null;
      method: "GET" | "POST";
      server: string | null;
      attempt: number;
      status: number | null;
      error: ErrorCode | null;
      vendorCode: string | null;
      milliseconds: number;
    }
  /** An attempt failed for a passing reason, which `error` tells in one word and `reason` in a sentence, and is repeated after the wait. */
  | {
      type: "retry";
      account: string;
      operation: string;
      invocation: string;
      window: string | null;
      attempt: number;
      waitMilliseconds: number;
      error: ErrorCode;
      reason: string;
    }
  /** The vendor refused for want of allowance; the whole account slows down. A `retry` with the same wait follows. */
  | { type: "throttle"; account: string; operation: string; invocation: string; window: string | null; waitMilliseconds: number; vendorCode: string | null }
  /** A token was fetched. */
  | { type: "token"; account: string; expiresAt: string }
  /** The clock was corrected from the vendor's: `offsetMilliseconds` is added to ours. */
  | { type: "clock"; account: string; offsetMilliseconds: number }
  /**
   * A vendor window begins to be read: its first page is about to be asked for, in its turn. `application` and `parameters` tell the list, where the
   * vendor has several; `from` and `to` are null for a list that is not asked for by time.
   */
  | {
      type: "window-opened";
      provider: string;
      account: string;
      operation: string;
      invocation: string;
      window: string;
      application: string | null;
      parameters: Readonly<Record<string, string>>;
      from: string | null;
      to: string | null;
    }
  /**
   * A vendor window is read no more; the consumer may not have its rows yet. Beyond the fates of `window`: `cut` where it was too large, and its parts
   * are opened in its place; `stopped` where the reading ended, or began anew by a corrected clock, before it was read. `rows` came out of it, repeats
   * left out: also those that lie outside of the range, as windows are wider. `error` is the code of the error that it failed with, else null.
   */
  | {
      type: "window-closed";
      account: string;
      operation: string;
      invocation: string;
      window: string;
      fate: "proven" | "read" | "failed" | "incomplete" | "unreadable" | "cut" | "stopped";
      rows: number;
      error: ErrorCode | null;
    }
  /**
   * A vendor window was read, and the consumer has taken its rows: `proven` when it adds up and is settled, `read` when it is not settled, else what is
   * wrong with it.
   */
  | {
      type: "window";
      account: string;
      operation: string;
      invocation: string;
      window: string;
      from: string;
      to: string;
      fate: "proven" | "read" | "failed" | "incomplete" | "unreadable";
    }
  /**
   * A row came twice. Where its content differs, the first was handed out; the vendor may have changed it meanwhile, or give one id to two rows. Of texts
   * longer than 32 characters, ends and length are compared.
   */
  | { type: "duplicate"; account: string; operation: string; invocation: string; window: string; key: string; sameContent: boolean }
  /** Something that a person should look at, such as a row that could not be understood. */
  | { type: "warning"; account: string; operation: string; message: string; key: string | null; field: string | null }
);

/** An event as it is told where it happens, before the client adds the time. */
export type Occurrence = Untimed<ClientEvent>;
type Untimed<Event> = Event extends unknown ? Omit<Event, "at"> : never;

/** Hears of every {@link ClientEvent}. What it throws is printed as a warning of the process, and disturbs nothing. */
export type EventListener = (event: ClientEvent) => void;
