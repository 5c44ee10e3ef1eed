import type { ErrorCode } from "./errors.js";
import type { Interval } from "./interval.js";

/** The fields of every event. */
export interface AccountEvent {
  /** The time of the event by the client's clock, as ISO 8601 in UTC. */
  at: string;
  /** The account's label, as configured. */
  account: string;
}

/** An event of one call of a client method, such as `records()`. */
export interface OperationEvent extends AccountEvent {
  /** The vendor's name of the operation, such as `DescribeTelCdr`; `token` for a request for a token. */
  operation: string;
  /** Id of one call of a client method, such as `records()` or `sync()`. It is unique across processes. */
  invocation: string;
  /** Id of the vendor window of the request, as in its `window-opened` event; null for a request without a window, such as one for a token. */
  window: string | null;
}

/** An attempt ended, with or without a response. `at` is its end. */
export interface RequestEvent extends OperationEvent {
  /** An attempt ended. */
  type: "request";
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The vendor's page number, or a number counted from 0 where the vendor counts rows; null where the list uses a cursor or has only one page. */
  page: number | null;
  /** The HTTP method. */
  method: "GET" | "POST";
  /** The origin of the request's URL, such as `https://host:8443`; null where the user's own client sends the request. */
  server: string | null;
  /** Number of the attempt, from 1. */
  attempt: number;
  /** HTTP status of the response; null where there is none. */
  status: number | null;
  /** Code of the error that the failure means; null for a success. Some vendors refuse with status 200. */
  error: ErrorCode | null;
  /** The vendor's own code for the error, or null. */
  vendorCode: string | null;
  /** Duration of the attempt in milliseconds, from sending to the last byte of the response, or to the failure. Waiting for the rate limiter does not count. */
  durationMs: number;
}

/** An attempt failed with a retryable failure, and is repeated after the wait. */
export interface RetryEvent extends OperationEvent {
  /** An attempt failed, and another follows. */
  type: "retry";
  /** Number of the attempt that failed, from 1. */
  attempt: number;
  /** Milliseconds until the next attempt. */
  waitMs: number;
  /** Code of the error that is thrown if no attempt is left. */
  error: ErrorCode;
  /** Message of that error. */
  reason: string;
}

/** The vendor refused a request because of its rate limit. The whole account slows down. A `retry` event with the same wait follows. */
export interface ThrottleEvent extends OperationEvent {
  /** The account is rate limited. */
  type: "throttle";
  /** Milliseconds until the next attempt. */
  waitMs: number;
  /** The vendor's code of the refusal, or null. */
  vendorCode: string | null;
}

/** A token was fetched. */
export interface TokenEvent extends AccountEvent {
  /** There is a new token. */
  type: "token";
  /** The time at which the token expires, as ISO 8601 in UTC. It is replaced before that. Other accounts with the same credentials use it too. */
  expiresAt: string;
}

/** The account's clock was corrected to the time of the vendor. */
export interface ClockEvent extends AccountEvent {
  /** The account uses the vendor's time from now on. */
  type: "clock";
  /** Milliseconds that are added to this machine's time from now on; negative where this machine's clock is ahead. */
  offsetMs: number;
}

/** The reading of a vendor window begins: its first page is requested next. Exactly one `window-closed` event follows, even if the reading fails. */
export interface WindowOpenedEvent extends OperationEvent {
  /** The reading of a window begins. */
  type: "window-opened";
  /** Id of the window. Its requests and its `window-closed` event have the same one. */
  window: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The application of the list; null where the vendor has no applications. */
  application: string | null;
  /** The parameters that select the list, in the vendor's names, such as Huawei's `taskType`. Empty where the vendor has only one list. */
  parameters: Readonly<Record<string, string>>;
  /** The window's start, as ISO 8601 in UTC; null for a list without a time filter. */
  from: string | null;
  /** The window's end, exclusive, as ISO 8601 in UTC; null for a list without a time filter. */
  to: string | null;
}

/** The reading of a vendor window ended. The consumer may not have received its rows yet. */
export interface WindowClosedEvent extends OperationEvent {
  /** The reading of a window ends. */
  type: "window-closed";
  /** Id of the window. */
  window: string;
  /**
   * The result. `split`: the window was too large, and its parts are opened instead. `stopped`: the reading ended, or restarted with a corrected clock
   * or with the number filter, before the window was read. The other results are those of the `window` event.
   */
  result: "verified" | "read" | "failed" | "incomplete" | "unreadable" | "filtered" | "split" | "stopped";
  /** Number of distinct rows that were read, including rows outside the requested range, because windows are wider. */
  rows: number;
  /** Code of the window's error, or null. */
  error: ErrorCode | null;
}

/** A vendor window is finished: it was read and the consumer has received its rows (for a sync with a store, committed them), or it was given up. */
export interface WindowEvent extends OperationEvent, Interval {
  /** The window is finished. */
  type: "window";
  /** Id of the window. */
  window: string;
  /** `verified`: it is complete and settled; `read`: it is not settled; otherwise the reason why calls may be missing. */
  result: "verified" | "read" | "failed" | "incomplete" | "unreadable" | "filtered";
}

/** A row was read twice. It was delivered once. */
export interface DuplicateEvent extends OperationEvent {
  /** A repeated row was left out. */
  type: "duplicate";
  /** Id of the window in which the row was read again. */
  window: string;
  /** The key of the row: the `id` of its record. */
  key: string;
  /**
   * Whether both rows are equal. If they are not, the first was delivered: the vendor changed the row in the meantime, or uses one id for two rows. Texts
   * longer than 32 characters are compared by their ends and their length.
   */
  sameContent: boolean;
}

/** A condition that a person should check, such as a row that cannot be parsed. */
export interface WarningEvent extends AccountEvent {
  /** Nothing failed, but the result may be wrong. */
  type: "warning";
  /** The vendor's name of the operation. */
  operation: string;
  /** An English sentence. */
  message: string;
  /** The key of the affected row, or null. */
  key: string | null;
  /** Path of the affected field in the row, in the vendor's names, such as `SeatUser.Mail`; or null. */
  field: string | null;
}

/**
 * An event of a client. It contains timings, keys and field paths, but no bodies and no secrets. `type` distinguishes the events. Later versions may add types,
 * so ignore unknown ones.
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

/** An event before the client adds the time. */
export type UntimedEvent = Untimed<ClientEvent>;
type Untimed<Event> = Event extends unknown ? Omit<Event, "at"> : never;

/**
 * Receives every {@link ClientEvent}. It may be asynchronous, and is not awaited. An error that it throws, or a rejection, becomes a warning of the process
 * and does not affect the operation.
 */
export type EventListener = (event: ClientEvent) => void;
