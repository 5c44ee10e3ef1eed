import type { ErrorCode } from "./errors.js";

/** What every event tells. */
export interface AccountEvent {
  /** When it happened, by the client's clock: ISO 8601 in UTC. */
  at: string;
  /** The account's label, as configured. */
  account: string;
}

/** What is told of something that one call of a client asked for, such as one `records()`. */
export interface OperationEvent extends AccountEvent {
  /** The vendor's name of the operation, such as `DescribeTelCdr`; `token` where a token was asked for. */
  operation: string;
  /** Id of one call of `records()`, `sync()` and their like: no other has it, in any process. */
  invocation: string;
  /** Id of the vendor window that it belongs to, as `window-opened` gave it; null for what is asked outside of one, such as a token. */
  window: string | null;
}

/** An attempt was answered, or ended without an answer; `at` is its end. */
export interface RequestEvent extends OperationEvent {
  /** An attempt ended. */
  type: "request";
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The vendor's own number of the page, or counted from 0 where the vendor counts rows; null where a cursor tells the page, or there is but one. */
  page: number | null;
  /** The HTTP method. */
  method: "GET" | "POST";
  /** The origin that was asked, such as `https://host:8443`; null where a client of yours sends. */
  server: string | null;
  /** From 1; a repeated attempt counts on. */
  attempt: number;
  /** HTTP status of the answer; null where none came. */
  status: number | null;
  /** Code of the error that the answer amounts to, null where it is good: vendors refuse with status 200 as well. */
  error: ErrorCode | null;
  /** The vendor's own code for it, where it gives one. */
  vendorCode: string | null;
  /** How long it took, from its sending to the last byte of its answer, or to its end without one. Waiting for its turn in the pace does not count. */
  ms: number;
}

/** An attempt failed for a passing reason, and is repeated after the wait. */
export interface RetryEvent extends OperationEvent {
  /** An attempt failed, and another follows. */
  type: "retry";
  /** The attempt that failed, from 1. */
  attempt: number;
  /** How long is waited before the next. */
  waitMs: number;
  /** Code of the error that it would be if it were the last attempt. */
  error: ErrorCode;
  /** That error's message. */
  reason: string;
}

/** The vendor refused for want of allowance; the whole account slows down. A `retry` with the same wait follows. */
export interface ThrottleEvent extends OperationEvent {
  /** The vendor asks for patience. */
  type: "throttle";
  /** How long is waited before the next attempt. */
  waitMs: number;
  /** What the vendor refused with, or null. */
  vendorCode: string | null;
}

/** A token was fetched. */
export interface TokenEvent extends AccountEvent {
  /** There is a new token. */
  type: "token";
  /** When it ends, ISO 8601 in UTC. It is replaced before that. Other accounts with the same credentials use it too. */
  expiresAt: string;
}

/** The clock was corrected from the vendor's. */
export interface ClockEvent extends AccountEvent {
  /** The vendor's time is taken over. */
  type: "clock";
  /** What is added to this machine's time from now on; negative where it is ahead of the vendor's. */
  offsetMs: number;
}

/** A vendor window begins to be read: its first page is about to be asked for, in its turn. One `window-closed` follows, however the reading ends. */
export interface WindowOpenedEvent extends OperationEvent {
  /** The reading of a window begins. */
  type: "window-opened";
  /** Id of the window: its requests have it, and so does the `window-closed` after them. */
  window: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The application whose list it is of; null where the vendor has no applications. */
  application: string | null;
  /** What else tells the list, where the vendor has several, by the vendor's names. */
  parameters: Readonly<Record<string, string>>;
  /** The window's start, ISO 8601 in UTC; null for a list that is not asked for by time. */
  from: string | null;
  /** The window's end, exclusive; null for a list that is not asked for by time. */
  to: string | null;
}

/** A vendor window is read no more; the consumer may not have its rows yet. */
export interface WindowClosedEvent extends OperationEvent {
  /** The reading of a window ends. */
  type: "window-closed";
  /** Id of the window. */
  window: string;
  /**
   * As of a `window` event; or `cut` where it was too large, and its parts are opened in its place; or `stopped` where the reading ended, or began anew
   * by a corrected clock, before it was read.
   */
  result: "verified" | "read" | "failed" | "incomplete" | "unreadable" | "split" | "stopped";
  /** Rows that came out of it, repeats left out: also those that lie outside of the range, as windows are wider. */
  rows: number;
  /** Code of the error that it failed with, else null. */
  error: ErrorCode | null;
}

/** A vendor window was read, and the consumer has taken its rows, or committed them, as of a sync with a store; or it was given up. */
export interface WindowEvent extends OperationEvent {
  /** A window is done with. */
  type: "window";
  /** Id of the window. */
  window: string;
  /** The window's start, ISO 8601 in UTC. */
  from: string;
  /** The window's end, exclusive. */
  to: string;
  /** `proven` when it adds up and is settled, `read` when it is not settled, else what is wrong with it. */
  result: "verified" | "read" | "failed" | "incomplete" | "unreadable";
}

/** A row came twice; it was handed out once. */
export interface DuplicateEvent extends OperationEvent {
  /** A row was left out, as it had come before. */
  type: "duplicate";
  /** Id of the window in which it came again. */
  window: string;
  /** What the row is known by: the `id` of its record. */
  key: string;
  /**
   * Where it is `false`, the first was handed out; the vendor may have changed the row meanwhile, or give one id to two rows. Of texts longer than 32
   * characters, ends and length are compared.
   */
  sameContent: boolean;
}

/** Something that a person should look at, such as a row that could not be understood. */
export interface WarningEvent extends AccountEvent {
  /** Nothing failed, but look. */
  type: "warning";
  /** The vendor's name of the operation. */
  operation: string;
  /** An English sentence. */
  message: string;
  /** The key of the row that it is about, or null. */
  key: string | null;
  /** Where in the row, in the vendor's names, such as `SeatUser.Mail`; or null. */
  field: string | null;
}

/**
 * What happens inside a client, as it happens: timings, keys and field paths, no bodies and no secrets. `type` tells them apart. More kinds of event may
 * come: pass over those that you do not know.
 */
export type ClientEvent =
  | RequestEvent
  | RetryEvent
  | ThrottleEvent
  | TokenEvent
  | ClockEvent
  | WindowOpenedEvent
  | WindowClosedEvent
  | WindowEvent
  | DuplicateEvent
  | WarningEvent;

/** An event as it is told where it happens, before the client adds the time. */
export type UntimedEvent = Untimed<ClientEvent>;
type Untimed<Event> = Event extends unknown ? Omit<Event, "at"> : never;

/**
 * Is called with every {@link ClientEvent}. It may be asynchronous, and is not waited for. What it throws, or rejects with, becomes a
 * warning of the process, and disturbs nothing.
 */
export type EventListener = (event: ClientEvent) => void;
