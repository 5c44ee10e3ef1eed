import type { TransportObserver } from "../http/transport.js";
import type { EngineClock } from "./clock.js";
import type { NoteResponse } from "./rate-limiter.js";

/** Permission for one request under the rate limit. Reports to the rate limiter, once, that the request has a response, and when it was sent. */
export class RatePermit implements TransportObserver {
  /** The monotonic time at which the request was sent. */
  private sentAt: number | undefined;
  private isOver = false;
  private failure: { error: unknown } | null = null;

  constructor(
    private readonly noteResponse: NoteResponse,
    private readonly clock: EngineClock,
  ) {}

  sent(): void {
    this.sentAt ??= this.clock.monotonicMs();
  }

  responded(): void {
    if (this.isOver) return;
    this.isOver = true;
    try {
      this.noteResponse(this.sentAt === undefined ? undefined : this.byTimeOfDay(this.sentAt));
    } catch (error) {
      // The limiter is the user's. The caller of this method, such as a socket's event handler, cannot handle its error.
      this.failure = { error };
    }
  }

  /** Converts a monotonic time to the current time of day, which may have been set since. */
  private byTimeOfDay(monotonicMs: number): number {
    return Math.round(this.clock.now() - (this.clock.monotonicMs() - monotonicMs));
  }

  /** Ends the request, with or without a response. @throws the error that the rate limiter threw. */
  end(): void {
    this.responded();
    if (this.failure !== null) throw this.failure.error;
  }
}
