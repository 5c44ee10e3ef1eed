import type { TransportObserver } from "../http/transport.js";
import type { EngineClock } from "./clock.js";

/** For how long a transport has held a request up by itself. */
export class HeldTime {
  private heldSince: number | null = null;
  private total = 0;

  constructor(private readonly clock: Pick<EngineClock, "monotonicMs">) {}

  /** Told by the transport. */
  readonly observer: Required<Pick<TransportObserver, "held" | "resumed">> = {
    held: () => {
      this.heldSince ??= this.clock.monotonicMs();
    },
    resumed: () => {
      this.total = this.ms();
      this.heldSince = null;
    },
  };

  /** In milliseconds, up to now. */
  readonly ms = (): number => this.total + (this.heldSince === null ? 0 : this.clock.monotonicMs() - this.heldSince);
}
