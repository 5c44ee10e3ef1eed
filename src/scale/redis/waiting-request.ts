import type { RatePermit } from "../../index.js";
import type { Grants } from "./limiter-server.js";
import type { Timing } from "./timing.js";

/** The longest time of a timer. Redis is queried again after it. */
const LONGEST_TIMER_MS = 3_600_000;

/** A request that waits for a permit, which Redis may have granted ahead of time. */
export class WaitingRequest {
  readonly permit: Promise<RatePermit>;
  private readonly since: number;
  /** The last news of this request. Notifications and replies may arrive in another order than they were sent. */
  private news = { epoch: 0, version: 0 };
  private cancelTimer = ignore;
  private settle: (outcome: { permit: RatePermit } | { error: unknown }) => void = ignore;

  /**
   * @param leave removes it from those that wait.
   * @param onAbort is called when its signal was aborted.
   */
  constructor(
    private readonly timing: Timing,
    signal: AbortSignal,
    leave: () => void,
    onAbort: () => void,
  ) {
    this.since = timing.monotonicMs();
    this.permit = new Promise((resolve, reject) => {
      const abort = () => {
        this.fail(signal.reason);
        onAbort();
      };
      this.settle = (outcome) => {
        this.cancelTimer();
        signal.removeEventListener("abort", abort);
        leave();
        if ("permit" in outcome) resolve(outcome.permit);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whoever aborted chose the reason
        else reject(outcome.error);
      };
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  get waitedMs(): number {
    return this.timing.monotonicMs() - this.since;
  }

  grant(permit: RatePermit): void {
    this.settle({ permit });
  }

  fail(error: unknown): void {
    this.settle({ error });
  }

  /**
   * Applies news of Redis, unless later ones have arrived before.
   * @param afterMs the milliseconds after which the permit is valid; -1: there is none.
   * @param onValid is called when the permit is valid. @param onUnknown is called if it will be valid so much later that Redis has to be queried again.
   */
  apply(afterMs: number, { epoch, version }: Grants, onValid: () => void, onUnknown: () => void): void {
    const { news } = this;
    if (epoch < news.epoch || (epoch === news.epoch && version < news.version)) return;
    this.news = { epoch, version };
    this.withdraw();
    if (afterMs < 0) return;
    if (afterMs === 0) onValid();
    else if (afterMs > LONGEST_TIMER_MS) this.cancelTimer = this.timing.after(LONGEST_TIMER_MS, onUnknown);
    else this.cancelTimer = this.timing.after(afterMs, onValid);
  }

  /** Forgets a permit that is not valid yet. */
  withdraw(): void {
    this.cancelTimer();
    this.cancelTimer = ignore;
  }
}

function ignore(): void {
  // There is nothing to cancel, and nobody to inform yet.
}
