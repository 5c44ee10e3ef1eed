import type { TransportObserver } from "../http/transport.js";
import type { EngineClock } from "./clock.js";
import type { RatePermit } from "./rate-limiter.js";

/** Reports to the permit of a request, once, that the request has a response, and releases the permit. */
export class PermitObserver implements TransportObserver {
  /** The monotonic time of the permit, until the transport reports that the request was sent. */
  private sentAt: number;
  private isSent = false;
  private isOver = false;
  private failure: { error: unknown } | null = null;

  constructor(
    private readonly permit: RatePermit,
    private readonly clock: EngineClock,
  ) {
    this.sentAt = clock.monotonicMs();
  }

  sent(): void {
    if (this.isSent) return;
    this.isSent = true;
    this.sentAt = this.clock.monotonicMs();
  }

  responded(): void {
    if (this.isOver) return;
    this.isOver = true;
    try {
      this.permit.responded({ sentAgoMs: this.clock.monotonicMs() - this.sentAt });
    } catch (error) {
      // The limiter is the user's. The caller of this method, such as a socket's event handler, cannot handle its error.
      this.failure = { error };
    }
  }

  /** Ends the request, with or without a response. @throws the error that the rate limiter threw. */
  end(): void {
    // A request without a response used the rate too.
    if (this.isSent) this.responded();
    this.permit.release();
    if (this.failure !== null) throw this.failure.error;
  }
}
