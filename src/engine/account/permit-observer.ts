import type { Provider } from "../../contract/provider.js";
import { ConfigurationError } from "../../model/errors.js";
import type { TransportObserver } from "../http/transport.js";
import { orAborted } from "./abort.js";
import type { EngineClock } from "./clock.js";
import type { RatePermit } from "./rate-limiter.js";
import type { Services } from "./services.js";

/** Reports to the permit of a request, once each, that the request is sent and that it has a response, and releases the permit. */
export class PermitObserver implements TransportObserver {
  /** The monotonic time of the permit, until the transport reports that the request was sent. */
  private sentAt: number;
  private isSent = false;
  private isOver = false;
  private failure: { error: unknown } | null = null;

  private constructor(
    private readonly permit: RatePermit,
    private readonly clock: EngineClock,
  ) {
    this.sentAt = clock.monotonicMs();
  }

  /** Waits for a permit of the rate limiter. @throws ConfigurationError when it grants something else. */
  static async take({ id, account, rate }: Provider, services: Services, signal: AbortSignal): Promise<PermitObserver> {
    const taking = services.rateLimiter.take(account, rate, signal);
    try {
      const permit: unknown = await orAborted(taking, signal);
      if (isPermit(permit)) return new PermitObserver(permit, services.clock);
      throw new ConfigurationError(
        `${account}: option \`rateLimiter\`: its \`take\` did not resolve with a permit. A permit has the methods responded and release.`,
        { provider: id, account },
      );
    } catch (error) {
      // A user's limiter may ignore the signal and still grant the permit, which is then returned.
      taking
        .then((permit) => {
          permit.release();
        })
        .catch(() => undefined);
      throw error;
    }
  }

  readonly sent = (): void => {
    if (this.isSent || this.isOver) return;
    this.isSent = true;
    this.sentAt = this.clock.monotonicMs();
    this.report(() => this.permit.sent?.());
  };

  readonly responded = (): void => {
    if (this.isOver) return;
    this.isOver = true;
    this.report(() => {
      this.permit.responded({ sentAgoMs: this.clock.monotonicMs() - this.sentAt });
    });
  };

  /** Keeps the error of a limiter, which is the user's. The caller of these methods, such as a socket's event handler, cannot handle it. */
  private report(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.failure ??= { error };
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

/** Checks the value that a user's rate limiter returned. */
function isPermit(value: unknown): value is RatePermit {
  if (typeof value !== "object" || value === null) return false;
  const { responded, release } = value as Record<keyof RatePermit, unknown>;
  return typeof responded === "function" && typeof release === "function";
}
