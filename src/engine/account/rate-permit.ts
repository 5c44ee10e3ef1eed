import type { TransportObserver } from "../http/transport.js";
import type { EngineClock } from "./clock.js";
import type { NoteResponse } from "./rate-limiter.js";

/** A request's turn in the pace. Tells the rate limiter, once, that it has been answered, and when it had left. */
export class RatePermit implements TransportObserver {
  /** By the monotonic time. */
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
      // A limiter of the user's. Whoever tells of the answer, such as a socket, could do nothing with it.
      this.failure = { error };
    }
  }

  /** By the time of day that it is now, which may have been set since. */
  private byTimeOfDay(monotonicMs: number): number {
    return Math.round(this.clock.now() - (this.clock.monotonicMs() - monotonicMs));
  }

  /** The request is over, answered or not. @throws what the rate limiter threw. */
  end(): void {
    this.responded();
    if (this.failure !== null) throw this.failure.error;
  }
}
