import type { TransportObserver } from "../http/transport.js";
import type { EngineClock } from "./clock.js";

/** Measures how long the transport itself has held up a request. */
export class HeldTime {
  private heldSince: number | null = null;
  private endedMs = 0;

  constructor(private readonly clock: Pick<EngineClock, "monotonicMs">) {}

  /** Is called by the transport. */
  readonly observer: Required<Pick<TransportObserver, "held" | "resumed">> = {
    held: () => {
      this.heldSince ??= this.clock.monotonicMs();
    },
    resumed: () => {
      this.endedMs = this.totalMs();
      this.heldSince = null;
    },
  };

  /** Returns the total in milliseconds, up to now. */
  readonly totalMs = (): number =>
    this.endedMs + (this.heldSince === null ? 0 : this.clock.monotonicMs() - this.heldSince);
}
